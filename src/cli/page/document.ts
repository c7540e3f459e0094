/** The whole page: its sections in order, in a document that asks nothing of anybody and runs nothing but its own script. */
import * as Encoding from "effect/Encoding"
import * as Either from "effect/Either"
import type { Inspection } from "../../domain/inspection/Inspection.ts"
import { commandOf } from "../inspection/processTree.ts"
import { describe } from "../inspection/record.ts"
import { cut } from "./figures.ts"
import { filesSection } from "./filesSection.ts"
import { type Html, markup } from "./markup.ts"
import { imagesSection } from "./imageSizes.ts"
import { memorySection } from "./memorySection.ts"
import { head, problems, titleOf } from "./overview.ts"
import { processTree } from "./processTree.ts"
import { script } from "./script.ts"
import { style } from "./style.ts"
import { cgroupsSection, mountsSection, namespacesSection } from "./surroundings.ts"
import { facts } from "./table.ts"
import { timeline } from "./timeline.ts"

/** What is on the page. */
export interface Page {
  readonly inspection: Inspection
  /** The drawn memory of each process, by pid. */
  readonly maps: ReadonlyMap<number, Html>
  /** When the page is made, in milliseconds since 1970. */
  readonly now: number
  /** Of the program that makes it. */
  readonly version: string
  /** The SHA-256 of a text, hexadecimal. */
  readonly digest: (text: string) => string
}

/** Writes the page. */
export const document = (page: Page): string => {
  const { digest, inspection, version } = page
  const sections = sectionsOf(page)
  // The browser takes nothing but this style and this script, whatever else may have come into the page.
  const policy = [
    "default-src 'none'",
    `style-src '${sourceOf(style, digest)}'`,
    `script-src '${sourceOf(script, digest)}'`,
    "base-uri 'none'",
    "form-action 'none'"
  ].join("; ")
  return markup`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta name="generator" content="stasis ${version}">
        <title>${titleOf(inspection)} – stasis</title>
        <style>${style}</style>
      </head>
      <body>
    <a class="skip" href="#main">Skip to the contents</a>
    ${head(inspection)}
    <nav aria-label="Sections"><ul>${
    sections.map(({ id, name }) => markup`<li><a href="#${id}">${name}</a></li>`)
  }</ul></nav>
    <main id="main">
    ${problems(inspection.problems)}
    ${
    sections.map(({ body, id, name, note }) =>
      markup`
        <section id="${id}"
          aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>${
        note === undefined ? undefined : markup`<p class="note">${note}</p>`
      }${body}</section>
      `
    )
  }</main>
    <footer><p>Made by stasis ${version} on ${
    new Date(page.now).toISOString().slice(
      0,
      10
    )
  }, from the images alone. The page may hold secrets: it shows command lines, paths and addresses.</p></footer>
    <script>${script}</script>
      </body>
    </html>
  `.text.trimStart()
}

interface Section {
  readonly id: string
  readonly name: string
  readonly note?: string
  readonly body: Html
}

const sectionsOf = ({ inspection, maps, now }: Page): ReadonlyArray<Section> => {
  const { cgroups, checkpoint, files, images, memory, mounts, namespaces, processes = [], statistics } = inspection
  const names = new Map(processes.map((process) => [process.pid, cut(commandOf(process), 80)]))
  const nameOf = (pid: number) => names.get(pid) ?? ""
  const withMemory = new Set(memory?.processes.map(({ pid }) => pid))
  const descriptors = new Map(files?.processes.map((one) => [one.pid, one.descriptors.length]))
  const has = { memory: (pid: number) => withMemory.has(pid), files: (pid: number) => descriptors.get(pid) }
  const section = (id: string, name: string, body: Html | undefined | false, note?: string): ReadonlyArray<Section> =>
    body === undefined || body === false ? [] : [{ id, name, body, ...(note === undefined ? {} : { note }) }]
  return [
    ...section("processes", "Processes", processes.length > 0 && processTree(processes, has)),
    ...section("memory", "Memory", memory && memorySection(memory, maps, nameOf)),
    ...section("freeze", "The freeze", statistics && timeline(statistics)),
    ...section("files", "Open files", files && filesSection(files, nameOf)),
    ...section("mounts", "Mounts", mounts && mountsSection(mounts)),
    ...section("namespaces", "Namespaces", namespaces && namespacesSection(namespaces)),
    ...section("cgroups", "Cgroups", cgroups && cgroupsSection(cgroups)),
    ...section("images", "Image files", images && imagesSection(images)),
    ...section("record", "Record", checkpoint && facts(describe(checkpoint, now)))
  ]
}

const sourceOf = (part: Html, digest: (text: string) => string): string =>
  `sha256-${Encoding.encodeBase64(Either.getOrElse(Encoding.decodeHex(digest(part.text)), () => new Uint8Array()))}`
