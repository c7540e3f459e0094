/** The addresses of sockets as text. */

/**
 * An address of the internet, from its numbers as CRIU writes them: one of version 4, four of version 6, each of four bytes as
 * they lay in memory. An IPv6 address is shortened by the rules of RFC 5952.
 */
export const internetAddressOf = (words: ReadonlyArray<number>): string => {
  // Every machine on which CRIU runs that is known to us but s390 has the lowest byte first.
  const bytes = words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff))
  if (bytes.length !== 16) return bytes.join(".")
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0))
  return shortened(groups.map((group) => group.toString(16)))
}

const utf8 = new TextDecoder()

/** The longest run of zeros, the first of several, is left out; one zero alone is not. */
const shortened = (groups: ReadonlyArray<string>): string => {
  let start = 0
  let length = 0
  for (let from = 0; from < groups.length; from++) {
    let to = from
    while (groups[to] === "0") to++
    if (to - from > length) [start, length] = [from, to - from]
  }
  return length < 2
    ? groups.join(":")
    : `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`
}

/** The name of a unix socket: a path, or `@` and a name that is none (unix(7)); `undefined` where it has none. */
export const unixNameOf = (name: Uint8Array): string | undefined => {
  if (name.byteLength === 0) return undefined
  const isAbstract = name[0] === 0
  const end = isAbstract ? name.byteLength : name.indexOf(0)
  const text = utf8.decode(name.subarray(isAbstract ? 1 : 0, end < 0 ? name.byteLength : end))
  return isAbstract ? `@${text}` : text
}
