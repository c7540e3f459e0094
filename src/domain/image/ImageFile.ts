/**
 * The frame of CRIU's image files: magic numbers, then messages, each behind its length and before what belongs to it
 * (images/README and `criu/include/magic.h`).
 *
 * This file owns the frame, not what is in a message.
 */
import { BinaryReader } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import type { HeadedKind, ImageKind } from "./ImageKind.ts"
import type * as Message from "./Message.ts"
import { decodeWithin } from "./readMessage.ts"
import { encode } from "./writeMessage.ts"

/** A message of an image, with the bytes behind it that are no message. */
export interface Entry<A> {
  readonly value: A
  readonly extra: Uint8Array
}

/** An image that was read. */
export interface Image<A, H = never> {
  /** Of the kinds that have one. */
  readonly head: Entry<H> | undefined
  readonly entries: ReadonlyArray<Entry<A>>
}

/** The first number of an image in today's format. */
const commonMagic = 0x54564319
/** The first number of a service file, such as the statistics. */
const serviceMagic = 0x55105940

/** Where the entries begin, and the number that tells the kind; `undefined` where it is too short to have one. */
export const magicOf = (bytes: Uint8Array): { readonly magic: number; readonly start: number } | undefined => {
  const view = viewOf(bytes)
  if (bytes.byteLength < 4) return undefined
  const first = view.getUint32(0, true)
  // The inventory, and images of CRIU before 2.0, have the number of the kind alone.
  if (first !== commonMagic && first !== serviceMagic) return { magic: first, start: 4 }
  return bytes.byteLength < 8 ? undefined : { magic: view.getUint32(4, true), start: 8 }
}

/** Reads an image of a kind; the reason of a failure is one line. Nothing is copied: bytes are views of what was given. */
export const read = <A, H>(kind: ImageKind<A, H>, bytes: Uint8Array): Either.Either<Image<A, H>, string> => {
  const begun = beginningOf(kind, bytes)
  if (Either.isLeft(begun)) return Either.left(begun.left)
  const reader = new BinaryReader(bytes)
  let at = begun.right
  let first: Entry<H> | undefined
  if (kind.head !== undefined) {
    const found = readEntry(kind.head, kind.headExtra, reader, bytes, at, 0)
    if (Either.isLeft(found)) return Either.left(found.left)
    ;[first, at] = found.right
  }
  const entries: Array<Entry<A>> = []
  while (at < bytes.byteLength) {
    const found = readEntry(kind.entry, kind.extra, reader, bytes, at, entries.length)
    if (Either.isLeft(found)) return Either.left(found.left)
    entries.push(found.right[0])
    at = found.right[1]
  }
  return Either.right({ head: first, entries })
}

/** Where the first message of an image of a kind begins. */
const beginningOf = <A, H>(kind: ImageKind<A, H>, bytes: Uint8Array): Either.Either<number, string> => {
  const begun = magicOf(bytes)
  if (begun === undefined) return Either.left("it is too short for an image")
  if (begun.magic !== kind.magic) return Either.left("it does not begin with the numbers of its kind")
  return kind.head !== undefined && begun.start === bytes.byteLength
    ? Either.left(`it lacks its ${kind.head.name}`)
    : Either.right(begun.start)
}

/**
 * Reads the first message of an image that may be cut off behind it, for one with much content: of a kind with a head that is
 * the head. The second number tells where in the file it ends.
 *
 * @param start the first bytes of the file; the reason of a failure tells whether they were too few
 */
export const head = <A, H>(
  kind: HeadedKind<A, H>,
  start: Uint8Array
): Either.Either<readonly [value: H, end: number], string> =>
  Either.flatMap(
    beginningOf(kind, start),
    (at) =>
      Either.map(readEntry(kind.head, undefined, new BinaryReader(start), start, at, 0), ([entry, end]) =>
        [entry.value, end] as const)
  )

/** The values of the entries of an image of a kind. */
export const values = <A, H>(kind: ImageKind<A, H>, bytes: Uint8Array): Either.Either<ReadonlyArray<A>, string> =>
  Either.map(read(kind, bytes), ({ entries }) => entries.map(({ value }) => value))

/** Shared by the entries of an image, of which there may be very many, that nothing else belongs to. */
const nothing = new Uint8Array()

const readEntry = <A>(
  message: Message.Message<A>,
  extraOf: ((value: A, following: Uint8Array) => number) | undefined,
  reader: BinaryReader,
  bytes: Uint8Array,
  at: number,
  index: number
): Either.Either<readonly [Entry<A>, number], string> => {
  const start = at + 4
  if (start > bytes.byteLength) return Either.left(`it ends within the length of entry ${index}`)
  reader.pos = at
  const end = start + reader.fixed32()
  if (end > bytes.byteLength) return Either.left(`it ends within entry ${index}`)
  const decoded = decodeWithin(message, reader, start, end)
  if (Either.isLeft(decoded)) return Either.left(`entry ${index}: ${decoded.left}`)
  const value = decoded.right
  const size = extraOf?.(value, bytes.subarray(end)) ?? 0
  return end + size > bytes.byteLength
    ? Either.left(`it ends within what belongs to entry ${index}`)
    : Either.right([{ value, extra: size === 0 ? nothing : bytes.subarray(end, end + size) }, end + size])
}

/** Writes an image of a kind, in today's format, as {@link read} reads it. */
export const write = <A, H>(
  kind: ImageKind<A, H>,
  entries: ReadonlyArray<{ readonly value: A; readonly extra?: Uint8Array }>,
  head?: { readonly value: H; readonly extra?: Uint8Array }
): Uint8Array => {
  const first = kind.name === "inventory" ? [] : [kind.isService === true ? serviceMagic : commonMagic]
  const parts = [
    ...[...first, kind.magic].map(number),
    ...(kind.head === undefined || head === undefined ? [] : framed(encode(kind.head, head.value), head.extra)),
    ...entries.flatMap(({ extra, value }) => framed(encode(kind.entry, value), extra))
  ]
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

const framed = (message: Uint8Array, extra: Uint8Array = new Uint8Array()): ReadonlyArray<Uint8Array> => [
  number(message.byteLength),
  message,
  extra
]

const number = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, value, true)
  return bytes
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
