/** Writing messages by their definitions, as `readMessage.ts` reads them. */
import { BinaryWriter } from "@bufbuild/protobuf/wire"
import { type Extensible, type Kind, type Message, type ScalarName, wireOf } from "./Message.ts"

/** Writes a message, in the order of its definition; fields that the definition does not know follow as they were. */
export const encode = <A>(message: Message<A>, value: A): Uint8Array => writeMessage(message, value).finish()

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
