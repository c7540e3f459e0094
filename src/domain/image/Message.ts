/**
 * Definitions of protobuf messages as data, and how bytes are read and written by them: a definition names the fields of a
 * message as CRIU does, with their numbers, kinds and rules (proto2).
 *
 * The protobuf library does the wire format; this file owns what a definition is. What the messages are is in the files beside
 * it. A field that a definition does not know is kept as it is.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"

/** A field that its message's definition does not know: its number, its wire type, and its bytes without the tag. */
export interface UnknownField {
  readonly number: number
  readonly wire: number
  readonly bytes: Uint8Array
}

/** Where a decoded message holds the fields that its definition does not know; absent where there are none. */
export interface Extensible {
  readonly unknownFields?: ReadonlyArray<UnknownField>
}

/** A kind of value: how it is on the wire. */
export type Kind<A> =
  | { readonly _tag: "Scalar"; readonly scalar: ScalarName; readonly _A?: A }
  | { readonly _tag: "Enum"; readonly names: ReadonlyMap<number, string>; readonly _A?: A }
  | { readonly _tag: "Message"; readonly message: () => Message<A> }

type ScalarName =
  | "uint32"
  | "uint64"
  | "int32"
  | "int64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "bool"
  | "string"
  | "bytes"

/** A field of a message. */
export interface Field<A, R extends Rule = Rule> {
  readonly number: number
  readonly kind: Kind<A>
  readonly rule: R
}

type Rule = "required" | "optional" | "repeated"

/** The definition of a message whose values are of the type `A`. */
export interface Message<A> {
  /** CRIU's name of it. */
  readonly name: string
  /** By CRIU's names of them. */
  readonly fields: Readonly<Record<string, Field<unknown>>>
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field<unknown>]>
  /** The names of those that are always there, and of those that are lists: looked through for every message that is read. */
  readonly required: ReadonlyArray<string>
  readonly repeated: ReadonlyArray<string>
  readonly _A?: A
}

/** The type of the values of a definition. */
export type Value<M extends Message<unknown>> = NonNullable<M["_A"]>

type Fields = Readonly<Record<string, Field<unknown>>>
type Of<F extends Field<unknown>> = F extends Field<infer A> ? A : never
type Named<F extends Fields, R extends Rule> = { [K in keyof F]: F[K] extends Field<unknown, R> ? K : never }[keyof F]

/** What a message of these fields is. */
export type Struct<F extends Fields> =
  & { readonly [K in Named<F, "required">]: Of<F[K]> }
  & { readonly [K in Named<F, "optional">]?: Of<F[K]> }
  & { readonly [K in Named<F, "repeated">]: ReadonlyArray<Of<F[K]>> }
  & Extensible

const scalar = <A>(name: ScalarName): Kind<A> => ({ _tag: "Scalar", scalar: name })

/** An unsigned number of 32 bits. */
export const uint32 = scalar<number>("uint32")
/** An unsigned number of 64 bits. */
export const uint64 = scalar<bigint>("uint64")
/** A signed number of 32 bits. */
export const int32 = scalar<number>("int32")
/** A signed number of 64 bits. */
export const int64 = scalar<bigint>("int64")
/** A signed number of 32 bits, zigzag. */
export const sint32 = scalar<number>("sint32")
/** A signed number of 64 bits, zigzag. */
export const sint64 = scalar<bigint>("sint64")
/** Four bytes. */
export const fixed32 = scalar<number>("fixed32")
/** Eight bytes. */
export const fixed64 = scalar<bigint>("fixed64")
/** True or false. */
export const bool = scalar<boolean>("bool")
/** Text; what is no UTF-8, as a path may be, is replaced. */
export const string = scalar<string>("string")
/** Bytes as they are. */
export const bytes = scalar<Uint8Array>("bytes")

/** One of some named numbers; a number without a name is kept as it is. */
export const enumeration = <const N extends Readonly<Record<string, number>>>(names: N): Kind<keyof N | number> => ({
  _tag: "Enum",
  names: new Map(Object.entries(names).map(([name, number]) => [number, name]))
})

/** A message within a message; a function where it is defined further below, or within itself. */
export const nested = <A>(message: Message<A> | (() => Message<A>)): Kind<A> => ({
  _tag: "Message",
  message: typeof message === "function" ? message : () => message
})

/** A field that is always there: a message without it is malformed. */
export const required = <A>(number: number, kind: Kind<A>): Field<A, "required"> => ({ number, kind, rule: "required" })
/** A field that may be missing. */
export const optional = <A>(number: number, kind: Kind<A>): Field<A, "optional"> => ({ number, kind, rule: "optional" })
/** A field with any number of values, none included. */
export const repeated = <A>(number: number, kind: Kind<A>): Field<A, "repeated"> => ({ number, kind, rule: "repeated" })

/** Defines a message. */
export const define = <const F extends Fields>(name: string, fields: F): Message<Struct<F>> => ({
  name,
  fields,
  byNumber: new Map(Object.entries(fields).map(([key, field]) => [field.number, [key, field] as const])),
  required: under("required", fields),
  repeated: under("repeated", fields)
})

const under = (rule: Rule, fields: Fields): ReadonlyArray<string> =>
  Object.entries(fields).filter(([, field]) => field.rule === rule).map(([key]) => key)

/** How deep messages may lie in each other, as protobuf's own libraries bound it. */
const maximumDepth = 100

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
  const reading: Reading = { reader, message: message.name, reason: undefined }
  try {
    reader.pos = start
    const value = readMessage(message, reading, end, 0)
    return value === undefined ? Either.left(reading.reason ?? malformed(reading)) : Either.right(value)
  } catch {
    // The protobuf library throws where the bytes are no message.
    return Either.left(malformed(reading))
  }
}

/** Writes a message, in the order of its definition; fields that the definition does not know follow as they were. */
export const encode = <A>(message: Message<A>, value: A): Uint8Array => writeMessage(message, value).finish()

/** A message being read, with what is wrong with it, once something is: what is read then is given up. */
interface Reading {
  readonly reader: BinaryReader
  readonly message: string
  reason: string | undefined
}

const malformed = ({ message }: Reading): string => `${message} is malformed`

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

const wireOf = (kind: Kind<unknown>): WireType => {
  if (kind._tag === "Message") return WireType.LengthDelimited
  if (kind._tag === "Enum") return WireType.Varint
  switch (kind.scalar) {
    case "string":
    case "bytes":
      return WireType.LengthDelimited
    case "fixed32":
      return WireType.Bit32
    case "fixed64":
      return WireType.Bit64
    default:
      return WireType.Varint
  }
}

const isPacked = (kind: Kind<unknown>, wire: WireType): boolean =>
  wire === WireType.LengthDelimited && wireOf(kind) !== WireType.LengthDelimited

const fits = ({ kind, rule }: Field<unknown>, wire: WireType): boolean =>
  wire === wireOf(kind) || (rule === "repeated" && isPacked(kind, wire))

const readRepeated = (
  kind: Kind<unknown>,
  reading: Reading,
  wire: WireType,
  end: number,
  depth: number,
  into: Array<unknown>
): void => {
  if (!isPacked(kind, wire)) {
    into.push(readValue(kind, reading, end, depth))
    return
  }
  const last = endOf(reading, end)
  while (reading.reader.pos < last) into.push(readValue(kind, reading, last, depth))
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

const writeMessage = <A>(message: Message<A>, value: A): BinaryWriter => {
  const writer = new BinaryWriter()
  // A value of the definition has its fields and no others.
  const values = value as Readonly<Record<string, unknown>> & Extensible
  for (const [key, { kind, number, rule }] of Object.entries(message.fields)) {
    const found = values[key]
    const list: ReadonlyArray<unknown> = rule !== "repeated" ? [found] : Array.isArray(found) ? found : []
    for (const one of list) {
      if (one !== undefined) writeValue(kind, writer.tag(number, wireOf(kind)), one)
    }
  }
  for (const { bytes, number, wire } of values.unknownFields ?? []) writer.tag(number, wire).raw(bytes)
  return writer
}

const writeValue = (kind: Kind<unknown>, writer: BinaryWriter, value: unknown): void => {
  switch (kind._tag) {
    case "Message":
      writer.bytes(writeMessage(kind.message(), value).finish())
      break
    case "Enum":
      writer.int32(typeof value === "number" ? value : numberOf(kind.names, value))
      break
    case "Scalar":
      writeScalar[kind.scalar](writer, value)
  }
}

const numberOf = (names: ReadonlyMap<number, string>, name: unknown): number => {
  for (const [number, one] of names) if (one === name) return number
  return 0
}

// The definition says of which type a value is.
const writeScalar: Readonly<Record<ScalarName, (writer: BinaryWriter, value: unknown) => unknown>> = {
  uint32: (writer, value) => writer.uint32(value as number),
  uint64: (writer, value) => writer.uint64(value as bigint),
  int32: (writer, value) => writer.int32(value as number),
  int64: (writer, value) => writer.int64(value as bigint),
  sint32: (writer, value) => writer.sint32(value as number),
  sint64: (writer, value) => writer.sint64(value as bigint),
  fixed32: (writer, value) => writer.fixed32(value as number),
  fixed64: (writer, value) => writer.fixed64(value as bigint),
  bool: (writer, value) => writer.bool(value as boolean),
  string: (writer, value) => writer.string(value as string),
  bytes: (writer, value) => writer.bytes(value as Uint8Array)
}
