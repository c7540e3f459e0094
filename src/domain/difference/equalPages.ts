/** Whether pages that lie in memory are the same. */

/**
 * Whether `count` bytes are the same. Both begin at a multiple of four in memory that does, and the count is a multiple of 32, as
 * every size of a page is.
 */
export const isEqual = (before: Int32Array, from: number, after: Int32Array, to: number, count: number): boolean => {
  // Eight words at a time, without a branch: a third of the time of one by one.
  let left = from >>> 2
  let right = to >>> 2
  const end = left + (count >>> 2)
  for (; left < end; left += 8, right += 8) {
    const differs = (word(before, left) ^ word(after, right)) |
      (word(before, left + 1) ^ word(after, right + 1)) |
      (word(before, left + 2) ^ word(after, right + 2)) |
      (word(before, left + 3) ^ word(after, right + 3)) |
      (word(before, left + 4) ^ word(after, right + 4)) |
      (word(before, left + 5) ^ word(after, right + 5)) |
      (word(before, left + 6) ^ word(after, right + 6)) |
      (word(before, left + 7) ^ word(after, right + 7))
    if (differs !== 0) return false
  }
  return true
}

// Within its length a list of numbers has one at each place; the compiler wants to be told.
const word = (words: Int32Array, index: number): number => words[index] as number
