/**
 * An area on both sides, or on one, and who counts its pages: itself, or what it shares with other processes, of which it maps a
 * part.
 */
import type { AreaDifference } from "./AreaDifference.ts"
import type { ProcessSide } from "./ProcessSide.ts"
import { sharedIdOf } from "./ProcessSide.ts"
import * as PageCount from "./PageCount.ts"
import { countOf, type FateRun, within } from "./PageFates.ts"
import { type AreaPair, type NamedArea, pairAreas } from "./pairAreas.ts"
import type { Owned } from "./PagePair.ts"
import type { PageOwner, PagesToCompare } from "./PagesToCompare.ts"
import type { SharedObjects } from "./SharedObjects.ts"

/** An area, and who counts its pages. */
export interface AreaPart {
  readonly pair: AreaPair
  readonly owner: PageOwner
  /** Of what it shares: the pages that it maps. */
  readonly shared: { readonly first: number; readonly end: number } | undefined
}

/** The areas of a process. */
export const partsOf = (
  sides: { readonly before: ProcessSide | undefined; readonly after: ProcessSide | undefined },
  objects: SharedObjects,
  pages: PagesToCompare,
  keeps: boolean
): ReadonlyArray<AreaPart> =>
  pairAreas(sides.before?.areas ?? [], sides.after?.areas ?? []).map((pair): AreaPart => {
    const [earlier, later] = [idIn(sides.before, pair.before), idIn(sides.after, pair.after)]
    const object = objects.find(earlier, later)
    if (object === undefined) return { pair, owner: pages.owner(keeps), shared: undefined }
    const areas = [pair.before, pair.after].filter((area) => area !== undefined)
    return {
      pair,
      owner: object,
      shared: {
        first: Math.min(...areas.map(({ offset }) => pages.numberOf(offset))),
        end: Math.max(...areas.map(({ end, offset, start }) => pages.numberOf(offset + end - start)))
      }
    }
  })

const idIn = (side: ProcessSide | undefined, area: NamedArea | undefined): bigint | undefined =>
  side === undefined || area === undefined ? undefined : sharedIdOf(side, area)

/** Whose the pages of a process are: its areas' of now, and where none is, those of before. What is shared is nobody's here. */
export const ownedBy = (parts: ReadonlyArray<AreaPart>, pages: PagesToCompare): ReadonlyArray<Owned> => {
  const ranges = (of: (pair: AreaPair) => NamedArea | undefined) =>
    parts.flatMap(({ owner, pair, shared }) => {
      const area = of(pair)
      return area === undefined || shared !== undefined
        ? []
        : [{ first: pages.numberOf(area.start), end: pages.numberOf(area.end), owner: owner.number }]
    }).sort((a, b) => a.first - b.first)
  const now = ranges(({ after }) => after)
  const owned: Array<Owned> = now.map(({ end, first, owner }) => ({ first, count: end - first, owner }))
  let index = 0
  for (const { end, first, owner } of ranges(({ before }) => before)) {
    let from = first
    while ((now[index]?.end ?? Infinity) <= from) index++
    for (let next = index; from < end; next++) {
      const until = Math.min(end, now[next]?.first ?? end)
      if (until > from) owned.push({ first: from, count: until - from, owner })
      from = Math.max(from, now[next]?.end ?? end)
    }
  }
  return owned.sort((a, b) => a.first - b.first)
}

/** How many of its pages are what, when that has been told. */
export const pagesOf = ({ owner, shared }: AreaPart): PageCount.PageCount =>
  shared === undefined ? owner.fates.count : countOf(within(owner.fates.runs, shared.first, shared.end))

/** What became of an area; `undefined` where it is as it was. */
export const differenceOf = (part: AreaPart, pages: PagesToCompare, keeps: boolean): AreaDifference | undefined => {
  const { pair, shared } = part
  const { after, before } = pair
  const area = after ?? before
  const count = pagesOf(part)
  const fate = before === undefined ? "appeared" : after === undefined ? "went" : "changed"
  if (before !== undefined && after !== undefined && isAlike(before, after) && !PageCount.isChanged(count)) {
    return undefined
  }
  const runs = shared === undefined
    ? part.owner.fates.runs
    : within(part.owner.fates.runs, shared.first, shared.end).map((run) => ({
      ...run,
      first: run.first + pages.numberOf(area.start) - pages.numberOf(area.offset)
    }))
  return {
    fate,
    kind: area.kind,
    ...(area.name === undefined ? {} : { name: area.name }),
    ...(before === undefined ? {} : { before: placeOf(before) }),
    ...(after === undefined ? {} : { after: placeOf(after) }),
    isShared: shared !== undefined,
    pages: count,
    ...(keeps ? { ranges: rangesOf(runs, pages) } : {})
  }
}

const isAlike = (before: NamedArea, after: NamedArea): boolean =>
  before.start === after.start && before.end === after.end && before.protection === after.protection

const placeOf = ({ end, protection, start }: NamedArea) => ({
  start: hex(start),
  end: hex(end),
  bytes: Number(end - start),
  protection
})

const rangesOf = (runs: ReadonlyArray<FateRun>, pages: PagesToCompare) =>
  runs.flatMap(({ count, fate, first }) =>
    fate === "equal" ? [] : [{ start: hex(pages.addressOf(first)), pages: count, is: fate }]
  )

const hex = (address: bigint): string => `0x${address.toString(16)}`
