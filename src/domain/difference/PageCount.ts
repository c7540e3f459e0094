/** How many pages of some memory are the same on both sides of a difference, and how many are not. */
import * as Schema from "effect/Schema"

/** Numbers of pages. A page that neither side holds is in none of them: it is as empty as it was. */
export const PageCount = Schema.Struct({
  /** On both sides, with the same content. */
  equal: Schema.Number,
  /** On both sides, with different content. */
  different: Schema.Number,
  /** Only before: it was given back, or went with its area; what is still mapped there reads as zero, or as its file. */
  onlyBefore: Schema.Number,
  /** Only after: it was written for the first time, or came with its area. */
  onlyAfter: Schema.Number,
  /** On both sides, but what is in it cannot be read on one of them. */
  unknown: Schema.Number
})
/** Numbers of pages. */
export type PageCount = typeof PageCount.Type

/** No pages. */
export const none: PageCount = { equal: 0, different: 0, onlyBefore: 0, onlyAfter: 0, unknown: 0 }

/** Both together. */
export const add = (one: PageCount, other: PageCount): PageCount => ({
  equal: one.equal + other.equal,
  different: one.different + other.different,
  onlyBefore: one.onlyBefore + other.onlyBefore,
  onlyAfter: one.onlyAfter + other.onlyAfter,
  unknown: one.unknown + other.unknown
})

/** All together. */
export const sum = (counts: Iterable<PageCount>): PageCount => {
  let all = none
  for (const count of counts) all = add(all, count)
  return all
}

/** Whether any page is not the same, as far as is known. */
export const isChanged = ({ different, onlyAfter, onlyBefore }: PageCount): boolean =>
  different + onlyBefore + onlyAfter > 0
