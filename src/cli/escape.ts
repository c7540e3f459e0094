/** Text from elsewhere, made safe to print on a terminal. */

// Controls, line and paragraph separators, and the marks that reverse what follows them.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Writes every character that could act on a terminal as its escape, so that one line stays one line. */
export const escape = (text: string): string => text.replace(unsafe, escapeCharacter)

/** The same for a text of several lines. */
export const escapeLines = (text: string): ReadonlyArray<string> =>
  text.replace(/\n+$/, "").split("\n").map((line) => escape(line.replace(/\r$/, "").replaceAll("\t", "    ")))

/**
 * The same for JSON, which leaves some of these characters as they are: there each is written as the `\uXXXX` that means it, so that
 * the value stays the same. The lines that it is laid out in stay.
 */
export const escapeJson = (json: string): string =>
  json.replace(unsafe, (one) => one === "\n" ? one : escapeCharacter(one))

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const escapeCharacter = (character: string): string =>
  short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
