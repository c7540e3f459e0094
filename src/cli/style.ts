/** Colours, for a stream that takes them. */

/** Marks pieces of text; returns them as they are where colours are not wanted. */
export const style = (colours: boolean) => {
  const mark = (code: string) => (text: string) => colours ? `\u001b[${code}m${text}\u001b[0m` : text
  return { good: mark("32"), warn: mark("33"), bad: mark("31"), faint: mark("2"), strong: mark("1") }
}

const sequences = /\u001b\[[0-9;]*m/g

/** Takes colours out of a text that somebody else rendered. */
export const strip = (text: string): string => text.replace(sequences, "")
