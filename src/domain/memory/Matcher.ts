/** What finds a pattern in bytes. The kinds of patterns are beside it: `literal.ts`, `expression.ts`. */

/** Where a match lies in the bytes that were searched. */
export interface Match {
  readonly at: number
  /** The index of the first byte behind it. */
  readonly end: number
}

/** A pattern, made ready to be looked for. */
export interface Matcher {
  /** No match is longer, in bytes. */
  readonly longest: number
  /** How many bytes before a match are looked at. */
  readonly behind: number
  /** Told of the bytes that are searched next, from `from` up to `to`: what is common in them is not looked for first. */
  readonly tune: (bytes: Uint8Array, from: number, to: number) => void
  /**
   * The first match that begins at `from` or behind it and before `limit`. It lies before `to`, and nothing before `begin` or from
   * `to` on is looked at.
   */
  readonly next: (bytes: Uint8Array, begin: number, from: number, limit: number, to: number) => Match | undefined
}
