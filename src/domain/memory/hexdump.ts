/** Bytes of memory as lines of text, in the canonical form of hexdump(1): sixteen bytes a line, in hexadecimal and as text. */

/** How many bytes a line has. */
const lineBytes = 16

/** Where a dump stands: the last line's bytes, to which lines that are alike come down, and whether one did. */
export interface HexState {
  readonly last: string
  readonly squeezed: boolean
}

/** The state before the first line, and behind a hole. */
export const begin: HexState = { last: "", squeezed: false }

/** The lines of bytes that lie at an address; of whole lines that are like the one before, the first is a `*`. */
export const lines = (
  address: bigint,
  bytes: Uint8Array,
  state: HexState
): readonly [ReadonlyArray<string>, HexState] => {
  const written: Array<string> = []
  let { last, squeezed } = state
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const part = bytes.subarray(at, at + lineBytes)
    const hex = hexOf(part)
    if (hex === last && part.length === lineBytes) {
      if (!squeezed) written.push("*")
      squeezed = true
      continue
    }
    squeezed = false
    last = hex
    written.push(`${addressText(address + BigInt(at))}  ${hex.padEnd(49)} |${textOf(part)}|`)
  }
  return [written, { last, squeezed }]
}

/** An address as the lines have it: without `0x`, of at least twelve digits, which is all that most processes have. */
export const addressText = (address: bigint): string => address.toString(16).padStart(12, "0")

const hexOf = (bytes: Uint8Array): string => {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
  return [digits.slice(0, 8).join(" "), digits.slice(8).join(" ")].filter((half) => half !== "").join("  ")
}

const textOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".").join("")

/** Bytes as text on one line that can be printed: what is no printable ASCII as its escape in C. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => escapes[byte] ?? plain(byte)).join("")

const plain = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`

const escapes: Readonly<Record<number, string>> = { 0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" }
