/** How much memory there is of something, in bytes, and where its content lies. */
import * as Schema from "effect/Schema"

/** Memory in bytes. */
export const MemoryUse = Schema.Struct({
  /** The addresses that are taken. */
  size: Schema.Number,
  /** What the images of this folder hold. */
  dumped: Schema.Number,
  /** What is in the images that these build on. */
  parent: Schema.Number,
  /** What is neither dumped nor in a parent, but left to be fetched from the machine of the dump (`--lazy-pages`). */
  lazy: Schema.Number,
  /** What the images call for and do not have: a parent is gone, or a file of pages ends too early. */
  missing: Schema.Number
}).annotations({ identifier: "MemoryUse" })
/** Memory in bytes. */
export type MemoryUse = typeof MemoryUse.Type

/** Of nothing. */
export const none: MemoryUse = { size: 0, dumped: 0, parent: 0, lazy: 0, missing: 0 }

/** Of both. */
export const add = (a: MemoryUse, b: MemoryUse): MemoryUse => ({
  size: a.size + b.size,
  dumped: a.dumped + b.dumped,
  parent: a.parent + b.parent,
  lazy: a.lazy + b.lazy,
  missing: a.missing + b.missing
})
