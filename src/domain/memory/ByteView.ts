/**
 * Bytes to be looked into, by what a host does with them much faster than the language can: the hosts' own ways are given from
 * without, in `layers/shared/HostBytes.ts`.
 */

/** Bytes up to an end, which nothing looks beyond. */
export interface ByteView {
  /** The first place of a byte at `from` or behind it; negative where there is none. */
  readonly indexOf: (byte: number, from: number) => number
  /** A text of one character for each byte (latin1). */
  readonly text: (from: number, to: number) => string
}

/** Looks into bytes up to `to`; they are not copied. */
export type ByteViews = (bytes: Uint8Array, to: number) => ByteView

/** By the language alone. */
export const plain: ByteViews = (bytes, to) => {
  const within = to === bytes.length ? bytes : bytes.subarray(0, to)
  return {
    indexOf: (byte, from) => within.indexOf(byte, from),
    text: (from, until) => {
      let text = ""
      // An engine takes only so many arguments.
      for (let at = from; at < until; at += 8192) {
        text += String.fromCharCode(...within.subarray(at, Math.min(until, at + 8192)))
      }
      return text
    }
  }
}
