/** What became of a thing that a name says enough of: a mount, a namespace, a cgroup. */
import * as Schema from "effect/Schema"
import { Change, changesOf, type Facts, Fate } from "./Change.ts"

/** What became of it. */
export const ItemDifference = Schema.Struct({
  fate: Fate,
  name: Schema.String,
  /** What it is now, or was, of one that appeared or went; what changed, of one that is on both sides. */
  changes: Schema.Array(Change)
}).annotations({ identifier: "ItemDifference" })
/** What became of it. */
export type ItemDifference = typeof ItemDifference.Type

/** Something with a name and values. */
export interface Item {
  readonly name: string
  readonly facts: Facts
}

/**
 * Compares things by their names; the nth of a name with the nth of that name. What is equal is left out. The order is that of
 * what is there now; what went comes last.
 */
export const compareItems = (
  before: ReadonlyArray<Item>,
  after: ReadonlyArray<Item>
): ReadonlyArray<ItemDifference> => {
  const earlier = new Map<string, Array<Item>>()
  // The first is taken from the end.
  for (const item of [...before].reverse()) {
    const known = earlier.get(item.name)
    if (known === undefined) earlier.set(item.name, [item])
    else known.push(item)
  }
  const found = after.flatMap(({ facts, name }): ReadonlyArray<ItemDifference> => {
    const former = earlier.get(name)?.pop()
    if (former === undefined) return [{ fate: "appeared", name, changes: changesOf({}, facts) }]
    const changes = changesOf(former.facts, facts)
    return changes.length === 0 ? [] : [{ fate: "changed", name, changes }]
  })
  const rest = new Set([...earlier.values()].flat())
  const gone = before.filter((item) => rest.has(item))
  return [
    ...found,
    ...gone.map(({ facts, name }): ItemDifference => ({ fate: "went", name, changes: changesOf(facts, {}) }))
  ]
}
