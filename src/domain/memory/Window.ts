/**
 * A part of memory as it lies in a buffer to be searched: bytes with the addresses that they have.
 *
 * Memory comes through a buffer in parts; what of one part must be seen again with the next is said here, so that what lies across
 * their boundary is found once.
 */
import type { Matcher } from "./Matcher.ts"

/** Bytes that lie together in memory. */
export interface Span {
  /** Where in the buffer it begins and ends. */
  readonly begin: number
  readonly end: number
  /** The address of its first byte. */
  readonly address: bigint
  /** Where in the buffer matches may begin: what lies before has been searched, and is there to be seen. */
  readonly from: number
  /** Whether the next part goes on where it ends. */
  readonly continues: boolean
}

/** A match, with what lies around it. The bytes are copies. */
export interface Found {
  readonly address: bigint
  readonly before: Uint8Array
  readonly match: Uint8Array
  readonly after: Uint8Array
}

/** What of a span has to be seen again: from which place in the buffer on, and from where matches may begin. */
export interface Rest {
  readonly keep: number
  readonly from: number
}

/** The most that has to be kept of a span, in bytes. */
export const mostKept = (matcher: Matcher, context: number): number =>
  Math.max(matcher.behind, context) + matcher.longest + context

/**
 * Searches a span, from one match to the next only when that is asked for. Matches do not overlap: the search goes on behind each.
 *
 * @param context how many bytes around a match are given, as far as they lie together with it
 */
export function* search(
  matcher: Matcher,
  bytes: Uint8Array,
  { address, begin, continues, end, from }: Span,
  context: number
): Generator<Found, Rest> {
  // Where more is to come, a match must have all its context here; else it is left for the next part.
  const limit = continues ? Math.max(from, end - matcher.longest - context + 1) : end
  let at = from
  while (at < limit) {
    const match = matcher.next(bytes, begin, at, limit, end)
    if (match === undefined) break
    yield {
      address: address + BigInt(match.at - begin),
      before: bytes.slice(Math.max(begin, match.at - context), match.at),
      match: bytes.slice(match.at, match.end),
      after: bytes.slice(match.end, Math.min(end, match.end + context))
    }
    at = match.end
  }
  const next = Math.max(at, limit)
  return { keep: Math.max(begin, next - Math.max(matcher.behind, context)), from: next }
}
