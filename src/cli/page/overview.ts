/** The head of the page: which checkpoint it is, what it comes to, and what of it could not be read. */
import type { Inspection } from "../../domain/inspection/Inspection.ts"
import type { Overview } from "../../domain/inspection/Overview.ts"
import type { Problem } from "../../domain/inspection/Problem.ts"
import * as humanize from "../humanize.ts"
import { counted, micros, number } from "./figures.ts"
import { type Content, type Html, markup } from "./markup.ts"

/** What the page is called. */
export const titleOf = ({ checkpoint, overview }: Inspection): string =>
  checkpoint === undefined
    ? overview?.path.split("/").findLast((part) => part !== "") ?? "images"
    : `${checkpoint.record?.container?.name ?? humanize.shortId(checkpoint.container)} / ${checkpoint.name}`

/** The head. */
export const head = (inspection: Inspection): Html => {
  const { checkpoint, overview } = inspection
  const path = checkpoint?.path ?? overview?.path
  return markup`<header><p class="eyebrow">${checkpoint === undefined ? "CRIU images" : "Checkpoint"}</p><h1>${
    titleOf(inspection)
  }</h1><p class="under">${
    checkpoint === undefined ? undefined : markup`
      <span class="chip ${checkpoint.status === "complete" ? "good" : "loud"}">${checkpoint.status}</span>
    `
  }${
    checkpoint === undefined || checkpoint.created === "" ? undefined : markup`
      <span>${checkpoint.created}</span>
    `
  }<code>${path}</code></p>${overview === undefined ? undefined : tiles(overview)}</header>`
}

/** What could not be read, if anything. */
export const problems = (all: ReadonlyArray<Problem>): Html =>
  all.length === 0 ? markup`` : markup`
    <section class="problems" id="problems"
      aria-labelledby="problems-title"><h2 id="problems-title">${counted(all.length, "problem")}</h2><ul>${
    all.slice(
      0,
      mostProblems
    ).map(({ file, reason }) => markup`<li><code>${file}</code> ${reason}</li>`)
  }</ul>${
    all.length > mostProblems ? markup`<p class="note">and ${number(all.length - mostProblems)} more</p>` : undefined
  }</section>
  `

const tiles = (overview: Overview): Html => {
  const { descriptors, files, frozenMicros, images, memory, processes, root, sockets, threads } = overview
  return markup`<ul class="tiles">${
    tile("Processes", number(processes), [
      counted(threads, "thread"),
      ...(root === undefined ? [] : [`first ${root.name}`])
    ])
  }${
    tile("Memory dumped", humanize.bytes(memory.dumped), [
      `of ${humanize.bytes(memory.size)}`,
      ...(memory.parent === 0 ? [] : [`${humanize.bytes(memory.parent)} in a parent`]),
      ...(memory.lazy === 0 ? [] : [`${humanize.bytes(memory.lazy)} to be fetched`]),
      ...(memory.missing === 0 ? [] : [`${humanize.bytes(memory.missing)} missing`])
    ])
  }${tile("Descriptors", number(descriptors), [`${counted(files, "file")}, ${counted(sockets, "socket")}`])}${
    tile("Images", humanize.bytes(images.bytes), [counted(images.files, "file"), machine(overview)])
  }${frozenMicros === undefined ? undefined : tile("Frozen for", micros(frozenMicros), ["nothing ran meanwhile"])}</ul>`
}

const machine = ({ machine, securityModule }: Overview): string =>
  [
    ...(machine === undefined ? [] : [machine]),
    ...(securityModule === undefined || securityModule === "none" ? [] : [securityModule])
  ]
    .join(", ")

const tile = (name: string, figure: string, notes: ReadonlyArray<Content>): Html =>
  markup`<li><span class="name">${name}</span><span class="figure">${figure}</span>${
    notes.filter((note) => note !== "").map((note) => markup`<span class="note">${note}</span>`)
  }</li>`

const mostProblems = 200
