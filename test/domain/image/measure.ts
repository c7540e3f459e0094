/** How much a decoded value holds, as what bounds the memory that it takes. */

/** What a value holds. */
export interface Measure {
  /** Objects, lists, numbers, words and pieces of bytes. */
  readonly values: number
  /** Of all texts, in characters. */
  readonly text: number
  /** How many objects and lists lie in each other. */
  readonly depth: number
  /** Whether its bytes are all views of the given ones. */
  readonly isView: boolean
}

const nothing: Measure = { values: 0, text: 0, depth: 0, isView: true }

/** What a value holds that was decoded from some bytes. */
export const measure = (value: unknown, from: ArrayBufferLike): Measure => {
  if (value === undefined) return nothing
  if (typeof value === "string") return { ...nothing, values: 1, text: value.length }
  if (value instanceof Uint8Array) {
    return { ...nothing, values: 1, isView: value.byteLength === 0 || value.buffer === from }
  }
  if (typeof value !== "object" || value === null) return { ...nothing, values: 1 }
  let { depth, isView, text, values } = nothing
  for (const one of Object.values(value)) {
    const inner = measure(one, from)
    values += inner.values
    text += inner.text
    depth = Math.max(depth, inner.depth)
    isView &&= inner.isView
  }
  return { values: values + 1, text, depth: depth + 1, isView }
}
