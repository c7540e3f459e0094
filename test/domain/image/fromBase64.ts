/** Images that CRIU wrote, kept in tests as base64 (RFC 4648), read without the globals of a host. */
export const fromBase64 = (text: string): Uint8Array => {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  const bytes: Array<number> = []
  let bits = 0
  let width = 0
  for (const character of text.replace(/=+$/, "")) {
    bits = (bits << 6) | digits.indexOf(character)
    width += 6
    if (width >= 8) {
      width -= 8
      bytes.push((bits >> width) & 0xff)
    }
  }
  return Uint8Array.from(bytes)
}
