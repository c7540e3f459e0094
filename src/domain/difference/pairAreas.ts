/** Which area of a process's memory before is which one after: the kernel moves their ends, joins and splits them. */
import type { MemoryArea } from "../memory/MemoryArea.ts"

/** An area with what it is of. */
export interface NamedArea extends MemoryArea {
  /** Of an area with a file: its path, or the name of a memfd. */
  readonly name: string | undefined
}

/** An area on both sides, or on one. */
export type AreaPair =
  | { readonly before: NamedArea; readonly after: NamedArea }
  | { readonly before: NamedArea; readonly after: undefined }
  | { readonly before: undefined; readonly after: NamedArea }

/**
 * Pairs the areas of two sides, each in the order of their addresses, and gives the pairs in the order of theirs. An area is what it
 * was when it is of the same kind and file, and begins where it began; else when it ends where it ended, as a stack does; else when
 * they have addresses in common.
 */
export const pairAreas = (
  before: ReadonlyArray<NamedArea>,
  after: ReadonlyArray<NamedArea>
): ReadonlyArray<AreaPair> => {
  const [left, right] = [new Set(before), new Set(after)]
  const pairs: Array<AreaPair> = []
  const match = (keyOf: (area: NamedArea) => string) => {
    const byKey = new Map([...left].map((area) => [keyOf(area), area]))
    for (const area of right) {
      const former = byKey.get(keyOf(area))
      if (former === undefined || !left.has(former)) continue
      left.delete(former)
      right.delete(area)
      pairs.push({ before: former, after: area })
    }
  }
  match((area) => `${area.start} ${being(area)}`)
  match((area) => `${area.end} ${being(area)}`)
  for (const [former, area] of overlapping([...left], [...right])) {
    if (!left.has(former) || !right.has(area) || being(former) !== being(area)) continue
    left.delete(former)
    right.delete(area)
    pairs.push({ before: former, after: area })
  }
  return [
    ...pairs,
    ...[...left].map((area): AreaPair => ({ before: area, after: undefined })),
    ...[...right].map((area): AreaPair => ({ before: undefined, after: area }))
  ].sort(byAddress)
}

/** What an area stays. */
const being = ({ form, name }: NamedArea): string => `${form} ${name ?? ""}`

/** The pairs that have addresses in common; both lists are in order, and none overlaps its neighbour. */
function* overlapping(
  before: ReadonlyArray<NamedArea>,
  after: ReadonlyArray<NamedArea>
): Generator<readonly [NamedArea, NamedArea], void> {
  let [left, right] = [0, 0]
  for (;;) {
    const [one, other] = [before[left], after[right]]
    if (one === undefined || other === undefined) return
    if (one.start < other.end && other.start < one.end) yield [one, other]
    if (one.end <= other.end) left++
    else right++
  }
}

const byAddress = (a: AreaPair, b: AreaPair): number => {
  const [one, other] = [(a.after ?? a.before).start, (b.after ?? b.before).start]
  return one < other ? -1 : one > other ? 1 : 0
}
