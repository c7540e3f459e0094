/** Numbers whose bits mean something each, in words. */

/** The words of the bits that are set, in the order of the table; what no word is for follows as one number, such as `0x40`. */
export const wordsIn = (
  table: ReadonlyArray<readonly [bit: number, word: string]>,
  value: number
): ReadonlyArray<string> => {
  const known = table.filter(([bit]) => (value & bit) !== 0)
  const rest = (value & ~known.reduce((sum, [bit]) => sum | bit, 0)) >>> 0
  return [...known.map(([, word]) => word), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])]
}
