/**
 * Messages of Protocol Buffers, written and read field by field: the frame in which containerd's messages are written down.
 *
 * Pure. What the fields of a message are is for the file of its service.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire"

/** What a field is given: a list repeats it, and what is `undefined` or the default of its kind is left out. */
export type Value = string | number | boolean | Uint8Array | undefined | ReadonlyArray<string | Uint8Array>

/** Writes a message: the number of each field with its value. */
export const write = (fields: Readonly<Record<number, Value>>): Uint8Array => {
  const writer = new BinaryWriter()
  for (const [number, value] of Object.entries(fields)) writeField(writer, Number(number), value)
  return writer.finish()
}

/** One message after another are one, in which the later fields count. */
export const merge = (...messages: ReadonlyArray<Uint8Array>): Uint8Array => {
  const merged = new Uint8Array(messages.reduce((sum, one) => sum + one.length, 0))
  let at = 0
  for (const one of messages) {
    merged.set(one, at)
    at += one.length
  }
  return merged
}

/** A message that was read. */
export interface Message {
  readonly text: (field: number) => string
  readonly number: (field: number) => number
  readonly flag: (field: number) => boolean
  /** Of a field that holds a message or bytes: the last one, or none of no bytes. */
  readonly bytes: (field: number) => Uint8Array
  /** All that a repeated field holds. */
  readonly all: (field: number) => ReadonlyArray<Uint8Array>
  /** A map of texts. */
  readonly texts: (field: number) => Readonly<Record<string, string>>
}

/** Reads a message; throws where the bytes are none. */
export const read = (bytes: Uint8Array): Message => {
  const reader = new BinaryReader(bytes)
  const found = new Map<number, Array<Uint8Array | number>>()
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    const value = wire === WireType.LengthDelimited
      ? reader.bytes()
      : wire === WireType.Varint
      ? Number(reader.int64())
      : undefined
    if (value === undefined) reader.skip(wire, field)
    else found.set(field, [...(found.get(field) ?? []), value])
  }
  const all = (field: number) =>
    (found.get(field) ?? []).filter((value): value is Uint8Array => typeof value !== "number")
  const last = (field: number) => all(field).at(-1) ?? new Uint8Array()
  const number = (field: number) => {
    const value = found.get(field)?.at(-1)
    return typeof value === "number" ? value : 0
  }
  return {
    all,
    bytes: last,
    text: (field) => utf8.decode(last(field)),
    number,
    flag: (field) => number(field) !== 0,
    texts: (field) =>
      Object.fromEntries(
        all(field).map((entry) => {
          const pair = read(entry)
          return [pair.text(1), pair.text(2)]
        })
      )
  }
}

const utf8 = new TextDecoder()

const writeField = (writer: BinaryWriter, field: number, value: Value): void => {
  if (value === undefined || value === "" || value === 0 || value === false) return
  if (typeof value === "string") writer.tag(field, WireType.LengthDelimited).string(value)
  else if (typeof value === "number") writer.tag(field, WireType.Varint).int64(value)
  else if (typeof value === "boolean") writer.tag(field, WireType.Varint).bool(value)
  else if (value instanceof Uint8Array) writer.tag(field, WireType.LengthDelimited).bytes(value)
  else {
    for (const one of value) {
      // An empty one counts in a list.
      if (typeof one === "string") writer.tag(field, WireType.LengthDelimited).string(one)
      else writer.tag(field, WireType.LengthDelimited).bytes(one)
    }
  }
}
