/** Ways in which an image can be damaged, each by numbers of a generator, so that a case can be had again by its seed. */

/** Numbers below a bound, the same for the same seed. */
export type Numbers = (bound: number) => number

/** A generator of numbers (mulberry32). */
export const numbersOf = (seed: number): Numbers => {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

type Damage = (image: Uint8Array, numbers: Numbers, other: Uint8Array) => Uint8Array

const randomBytes = (numbers: Numbers, most: number): Uint8Array =>
  Uint8Array.from({ length: numbers(most + 1) }, () => numbers(256))

const overwritten = (image: Uint8Array, at: number, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...image.subarray(0, at), ...bytes, ...image.subarray(at + bytes.length)])

/** As a size of four bytes, and as the length of a field, which is a varint. */
const hugeLengths = [
  Uint8Array.of(0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
  Uint8Array.of(0, 0, 0, 0x80),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
]

const damages: ReadonlyArray<Damage> = [
  // Truncated.
  (image, numbers) => image.slice(0, numbers(image.length + 1)),
  // A bit flipped, or a few.
  (image, numbers) => {
    const bytes = image.slice()
    const at = numbers(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << numbers(8))
    return bytes
  },
  (image, numbers) => {
    const bytes = image.slice()
    for (let left = 1 + numbers(4); left > 0; left--) {
      const at = numbers(bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << numbers(8))
    }
    return bytes
  },
  // Other bytes in the middle, in place of some or between them.
  (image, numbers) => overwritten(image, numbers(image.length), randomBytes(numbers, 16)),
  (image, numbers) => {
    const at = numbers(image.length)
    return Uint8Array.from([...image.subarray(0, at), ...randomBytes(numbers, 16), ...image.subarray(at)])
  },
  // The beginning of one, the end of another.
  (image, numbers, other) =>
    Uint8Array.from([...image.subarray(0, numbers(image.length)), ...other.subarray(numbers(other.length))]),
  // A length that is huge.
  (image, numbers) =>
    overwritten(image, numbers(image.length), hugeLengths[numbers(hugeLengths.length)] ?? new Uint8Array()),
  // Nothing right but the numbers at the start.
  (image, numbers) => Uint8Array.from([...image.subarray(0, 8), ...randomBytes(numbers, 60)]),
  // Nothing right.
  (_, numbers) => randomBytes(numbers, 60)
]

/** An image with one or two damages. */
export const damage: Damage = (image, numbers, other) => {
  let damaged = image
  for (let left = 1 + (numbers(4) === 0 ? 1 : 0); left > 0 && damaged.length > 0; left--) {
    damaged = damages[numbers(damages.length)]?.(damaged, numbers, other) ?? damaged
  }
  return damaged
}
