/**
 * Reading messages by their definitions. The protobuf library does the wire format; a field that a definition does not know is kept as
 * it is.
 */
import { BinaryReader, type WireType } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import { fits, isPacked, type Kind, type Message, type ScalarName, type UnknownField } from "./Message.ts"

/** How deep messages may lie in each other, as protobuf's own libraries bound it. */
const maximumDepth = 100

/**
 * How many values there may be in the lists of a message and of those within it: each takes tens of bytes of memory, and may be of a
 * single byte. The largest that CRIU writes are the areas of a process, of which the kernel allows some ten
 * thousand (`vm.max_map_count`) unless it is told otherwise.
 */
const maximumValues = 4_000_000

/** A field that is not known is kept as a view of its bytes, which takes as much memory as so many numbers. */
const valuesOfUnknownField = 16

/** Reads a message; the reason of a failure is one line that names the message and, where one is missing, the field. */
export const decode = <A>(message: Message<A>, bytes: Uint8Array): Either.Either<A, string> =>
  decodeWithin(message, new BinaryReader(bytes), 0, bytes.byteLength)

/** The same for a message that lies between two places of what a reader reads, for there may be very many in one file. */
export const decodeWithin = <A>(
  message: Message<A>,
  reader: BinaryReader,
  start: number,
  end: number
): Either.Either<A, string> => {
  const reading: Reading = { reader, message: message.name, values: 0, reason: undefined }
  try {
    reader.pos = start
    const value = readMessage(message, reading, end, 0)
    return value === undefined ? Either.left(reading.reason ?? malformed(reading)) : Either.right(value)
  } catch {
    // The protobuf library throws where the bytes are no message.
    return Either.left(malformed(reading))
  }
}

/** A message being read, with what is wrong with it, once something is: what is read then is given up. */
interface Reading {
  readonly reader: BinaryReader
  readonly message: string
  /** How many there are in lists so far. */
  values: number
  reason: string | undefined
}

const malformed = ({ message }: Reading): string => `${message} is malformed`

/** Takes account of what takes the memory of so many values of a list; `false` where there are too many now. */
const counts = (reading: Reading, values = 1): boolean => {
  reading.values += values
  if (reading.values > maximumValues) refuse(reading, `${reading.message} has too many values`)
  return reading.values <= maximumValues
}

const refuse = (reading: Reading, reason: string): undefined => {
  reading.reason ??= reason
  return undefined
}

const readMessage = <A>(message: Message<A>, reading: Reading, end: number, depth: number): A | undefined => {
  if (depth > maximumDepth) return refuse(reading, `${message.name} lies deeper than any message`)
  const { reader } = reading
  const values: Record<string, unknown> = {}
  for (const key of message.repeated) values[key] = []
  const unknownFields: Array<UnknownField> = []
  while (reader.pos < end) {
    const [number, wire] = reader.tag()
    const known = message.byNumber.get(number)
    if (known === undefined || !fits(known[1], wire)) {
      if (!counts(reading, valuesOfUnknownField)) return undefined
      unknownFields.push({ number, wire, bytes: reader.skip(wire, number) })
      continue
    }
    const [key, field] = known
    if (field.rule !== "repeated") values[key] = readValue(field.kind, reading, end, depth)
    else readRepeated(field.kind, reading, wire, end, depth, listIn(values, key))
    if (reading.reason !== undefined) return undefined
  }
  // The reader knows where what it reads ends, but not where this message does.
  if (reader.pos > end) return refuse(reading, malformed(reading))
  for (const key of message.required) {
    if (values[key] === undefined) return refuse(reading, `${message.name} lacks "${key}"`)
  }
  if (unknownFields.length > 0) values["unknownFields"] = unknownFields
  // The definition, from which the type is, has been followed field by field.
  return values as A
}

const listIn = (values: Record<string, unknown>, key: string): Array<unknown> => {
  const list = values[key]
  return Array.isArray(list) ? list : []
}

const readRepeated = (
  kind: Kind<unknown>,
  reading: Reading,
  wire: WireType,
  end: number,
  depth: number,
  into: Array<unknown>
): void => {
  if (!isPacked(kind, wire)) {
    if (counts(reading)) into.push(readValue(kind, reading, end, depth))
    return
  }
  const last = endOf(reading, end)
  while (reading.reader.pos < last && counts(reading)) into.push(readValue(kind, reading, last, depth))
  if (reading.reader.pos > last) refuse(reading, malformed(reading))
}

const readValue = (kind: Kind<unknown>, reading: Reading, end: number, depth: number): unknown => {
  switch (kind._tag) {
    case "Message": {
      const last = endOf(reading, end)
      return reading.reason === undefined ? readMessage(kind.message(), reading, last, depth + 1) : undefined
    }
    case "Enum": {
      const number = reading.reader.int32()
      return kind.names.get(number) ?? number
    }
    case "Scalar":
      return readScalar[kind.scalar](reading.reader)
  }
}

/** Where what a length is told of ends; it is refused beyond what it lies in. */
const endOf = (reading: Reading, outer: number): number => {
  const size = reading.reader.uint32()
  const start = reading.reader.pos
  if (start + size <= outer) return start + size
  refuse(reading, malformed(reading))
  return start
}

const readScalar: Readonly<Record<ScalarName, (reader: BinaryReader) => unknown>> = {
  uint32: (reader) => reader.uint32(),
  uint64: (reader) => BigInt(reader.uint64()),
  int32: (reader) => reader.int32(),
  int64: (reader) => BigInt(reader.int64()),
  sint32: (reader) => reader.sint32(),
  sint64: (reader) => BigInt(reader.sint64()),
  fixed32: (reader) => reader.fixed32(),
  fixed64: (reader) => BigInt(reader.fixed64()),
  bool: (reader) => reader.bool(),
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes()
}
