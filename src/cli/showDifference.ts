/** A difference as a person reads it: `-` for what went, `+` for what came, `~` for what changed. */
import type { AreaDifference, PageRange } from "../domain/difference/AreaDifference.ts"
import type { Change, Fact } from "../domain/difference/Change.ts"
import type { DescriptorDifference } from "../domain/difference/DescriptorDifference.ts"
import type { Difference } from "../domain/difference/Difference.ts"
import type { ItemDifference } from "../domain/difference/ItemDifference.ts"
import type * as PageCount from "../domain/difference/PageCount.ts"
import type { ProcessDifference } from "../domain/difference/ProcessDifference.ts"
import { escape } from "./escape.ts"
import { showFigures, showKinds } from "./showFigures.ts"
import * as humanize from "./humanize.ts"
import { style } from "./style.ts"

/** Lays out a difference. */
export const showDifference = (difference: Difference, colours: boolean): string => {
  const look = lookOf(colours)
  const items = (heading: string, all: ReadonlyArray<ItemDifference>) =>
    section(look.strong(heading), all.flatMap((item) => showItem(item, look)))
  return [
    `${look.gone(`- ${nameOf(difference.before)}`)}\n${look.came(`+ ${nameOf(difference.after)}`)}\n`,
    ...(difference.isEqual ? ["Nothing changed\n"] : []),
    ...section(look.strong("Processes"), difference.processes.flatMap((process) => showProcess(process, look))),
    ...items("Mounts", difference.mounts),
    ...items("Namespaces", difference.namespaces),
    ...items("Cgroups", difference.cgroups),
    ...showKinds(difference.memory, look.strong),
    ...showFigures(difference.figures, look.strong)
  ].join("\n")
}

interface Look {
  readonly came: (text: string) => string
  readonly gone: (text: string) => string
  readonly changed: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

const lookOf = (colours: boolean): Look => {
  const { bad, faint, good, strong, warn } = style(colours)
  return { came: good, gone: bad, changed: warn, faint, strong }
}

const nameOf = ({ checkpoint, created, path }: Difference["before"]): string =>
  escape(
    (checkpoint !== undefined && "name" in checkpoint ? `${checkpoint.container}/${checkpoint.name}` : path) +
      (created === undefined ? "" : ` (${created})`)
  )

const section = (heading: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [`${heading}\n${lines.map((line) => `${line}\n`).join("")}`]

const showProcess = (process: ProcessDifference, look: Look): ReadonlyArray<string> => {
  const { areas, changes, descriptors, fate, pages, pid } = process
  const title = `${pid} ${escape(process.commandLine?.join(" ") || process.name)}`
  const held = pages.equal + pages.different + pages.unknown
  return [
    // What it shares with others stays, or was there.
    fate === "appeared"
      ? `${look.came(`+ ${title}`)}  ${look.faint(plural(held + pages.onlyAfter, "page"))}`
      : fate === "went"
      ? `${look.gone(`- ${title}`)}  ${look.faint(plural(held + pages.onlyBefore, "page"))}`
      : `${look.changed(`~ ${title}`)}  ${look.faint(pagesOf(pages))}`,
    ...changes.map((change) => `    ${look.changed("~")} ${showChange(change)}`),
    ...descriptors.map((one) => `    ${showDescriptor(one, look)}`),
    ...areas.flatMap((area) => showArea(area, look).map((line) => `    ${line}`))
  ]
}

const marks = { opened: "+", closed: "-", appeared: "+", went: "-", changed: "~", equal: " " } as const

const mark = (fate: keyof typeof marks, look: Look): string => {
  const text = marks[fate]
  return text === "+" ? look.came(text) : text === "-" ? look.gone(text) : look.changed(text)
}

const showDescriptor = ({ changes, descriptor, fate, kind, name }: DescriptorDifference, look: Look): string =>
  `${mark(fate, look)} fd ${descriptor} ${escape(name)}` +
  (changes.length === 0 ? look.faint(` (${kind})`) : `: ${changes.map(showChange).join(", ")}`)

const showArea = (area: AreaDifference, look: Look): ReadonlyArray<string> => {
  const { after, before, fate, kind, name, pages, ranges = [] } = area
  const place = after ?? before
  const moved =
    before !== undefined && after !== undefined && (before.start !== after.start || before.end !== after.end)
      ? `, ${
        before.bytes === after.bytes ? "moved" : `${humanize.bytes(before.bytes)} -> ${humanize.bytes(after.bytes)}`
      }`
      : place === undefined
      ? ""
      : `, ${humanize.bytes(place.bytes)}`
  const rights = before !== undefined && after !== undefined && before.protection !== after.protection
    ? `${before.protection} -> ${after.protection}`
    : place?.protection ?? ""
  return [
    `${mark(fate, look)} ${place?.start ?? ""} ${rights} ${kind}${
      name === undefined ? "" : ` ${escape(name)}`
    }${moved}  ` +
    look.faint(pagesOf(pages)),
    ...ranges.map((range) => `    ${showRange(range, look)}`)
  ]
}

const rangeFates = {
  different: "changed",
  onlyBefore: "went",
  onlyAfter: "appeared",
  unknown: "equal"
} as const

const showRange = ({ is, pages, start }: PageRange, look: Look): string =>
  `${mark(rangeFates[is], look)} ${start} ${plural(pages, "page")}${is === "unknown" ? ", unread" : ""}`

const showItem = ({ changes, fate, name }: ItemDifference, look: Look): ReadonlyArray<string> => [
  `${mark(fate, look)} ${escape(name)}`,
  ...changes.map((change) => `    ${fate === "changed" ? showChange(change) : showOne(change)}`)
]

const showOne = ({ after, before, field }: Change): string => `${escape(field)} ${showFact(after ?? before)}`

/** Of two lists only what is in one of them. */
const showChange = ({ after, before, field }: Change): string => {
  if (!isList(before) || !isList(after) || field === "commandLine") {
    return `${escape(field)} ${showFact(before)} -> ${showFact(after)}`
  }
  const gone = before.filter((one) => !after.includes(one)).map((one) => `-${escape(one)}`)
  const came = after.filter((one) => !before.includes(one)).map((one) => `+${escape(one)}`)
  return gone.length + came.length === 0
    ? `${escape(field)} in another order`
    : `${escape(field)} ${[...gone, ...came].join(" ")}`
}

const showFact = (fact: Fact | undefined): string =>
  fact === undefined ? "none" : escape(isList(fact) ? (fact.length === 0 ? "none" : fact.join(" ")) : `${fact}`)

const isList = (fact: Fact | undefined): fact is ReadonlyArray<string> => Array.isArray(fact)

const pagesOf = (pages: PageCount.PageCount): string => {
  const { different, equal, onlyAfter, onlyBefore, unknown } = pages
  const parts = [
    ...(different > 0 ? [`${different} of ${plural(different + equal, "page")} changed`] : []),
    ...(onlyAfter > 0 ? [`${onlyAfter} new`] : []),
    ...(onlyBefore > 0 ? [`${onlyBefore} gone`] : []),
    ...(unknown > 0 ? [`${unknown} unread`] : [])
  ]
  return parts.length > 0 ? parts.join(", ") : equal > 0 ? `no page of ${equal} changed` : "no pages"
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`
