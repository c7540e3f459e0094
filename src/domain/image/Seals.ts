/** What may no longer be done with a file in memory, in words (fcntl(2), F_ADD_SEALS). */
import { wordsIn } from "./bits.ts"

const seals = ["seal", "shrink", "grow", "write", "future-write", "execute"].map((word, index) =>
  [1 << index, word] as const
)

/** The words for `seals`. */
export const wordsOf = (value: number): ReadonlyArray<string> => wordsIn(seals, value)
