/** What a process has done with the rights of the first user, in words (capabilities(7), "The securebits flags"). */
import { wordsIn } from "./bits.ts"

const bits = ["no-root", "no-set-uid-fixup", "keep-capabilities", "no-ambient-raise"].flatMap((word, index) => [
  [1 << (2 * index), word] as const,
  [1 << (2 * index + 1), `${word}-locked`] as const
])

/** The words for `secbits`. */
export const wordsOf = (value: number): ReadonlyArray<string> => wordsIn(bits, value)
