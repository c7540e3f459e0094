/**
 * Whether an expression takes for ever: the engine tries every way in which a text can be matched, and for `(a+)+b` there are twice as
 * many with each `a`. Nothing can stop it then, so such an expression must be known before.
 *
 * It is tried on short texts of what it is made of, each a little longer than the last. That finds what people write by mistake; it
 * is no proof.
 */
import type { Matcher } from "./Matcher.ts"

/** An expression may take this long on a thousand bytes, in milliseconds. */
const patience = 100

/**
 * Whether a matcher is slow on a text made of the characters of its source.
 *
 * @param now gives the time in milliseconds
 */
export const isSlow = (matcher: Matcher, source: string, now: () => number): boolean => {
  const own = Array.from(new Set(source.replace(/\\./g, ""))).filter((character) => /[\w \-.,:;/@#"']/.test(character))
  const alphabet = Array.from(new Set([...own.slice(0, 8), ..."a0 .,"]), (character) => character.charCodeAt(0) & 0xff)
  const units = [
    ...alphabet.map((byte) => [byte]),
    ...alphabet.flatMap((first) => alphabet.flatMap((second) => first === second ? [] : [[first, second]]))
  ]
  return units.some((unit) => lengths(unit.length).some((length) => takesLong(matcher, textOf(unit, length), now)))
}

const takesLong = (matcher: Matcher, text: Uint8Array, now: () => number): boolean => {
  const took = () => {
    const start = now()
    for (let at = 0; at < text.length;) {
      const found = matcher.next(text, 0, at, text.length, text.length)
      at = found === undefined ? text.length : found.end
    }
    return now() - start
  }
  // Once may be the machine's fault.
  return took() > patience && took() > patience
}

/** Ends in a byte that no text has, so that a match that needs more fails there. */
const textOf = (unit: ReadonlyArray<number>, length: number): Uint8Array =>
  Uint8Array.from({ length: length + 1 }, (_, index) => index === length ? 1 : unit[index % unit.length] ?? 0)

/** Small steps, so that what doubles with each byte is noticed before it takes for ever. */
const lengths = (width: number): ReadonlyArray<number> => [
  ...Array.from({ length: 16 }, (_, index) => 2 * width * (index + 1)),
  ...(width === 1 ? Array.from({ length: 28 }, (_, index) => 32 + 8 * (index + 1)) : []),
  ...(width === 1 ? [512, 1024] : [128, 256])
]
