/**
 * A decoded image as `oracle.py` shows crit's reading of it, and where the two differ: numbers and the members of an enumeration are
 * text, bytes are base64, what a message does not have is not there.
 *
 * This file owns the form, not what is right. It uses no host: tests of the domain import it.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import type { Decoded } from "../../src/domain/image/Image.ts"
import type { Entry } from "../../src/domain/image/ImageFile.ts"
import type * as Message from "../../src/domain/image/Message.ts"
import { decode } from "../../src/domain/image/readMessage.ts"
import { IpcMsg } from "../../src/domain/image/message/IpcMsg.ts"

/** A value of either side. */
export type Json = string | boolean | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** What `oracle.py` says of a file. */
export interface Line {
  readonly folder: string
  readonly file: string
  /** Absent where crit knows no such image. */
  readonly magic?: string
  readonly entries?: ReadonlyArray<Json>
  /** The size of a file that is no image. */
  readonly raw?: number
}

/** The lines of `oracle.py`. */
export const parse = (text: string): ReadonlyArray<Line> =>
  text.split("\n").filter((line) => line.startsWith("{")).map((line): Line => JSON.parse(line))

/** An image in crit's form. */
export const entriesOf = (image: Extract<Decoded, { readonly _tag: "Known" }>): ReadonlyArray<Json> => [
  ...(image.head === undefined || image.kind.head === undefined
    ? []
    : [withExtra(image.kind.name, image.kind.head, image.head)]),
  ...image.entries.map((entry) => withExtra(image.kind.name, image.kind.entry, entry))
]

/** Where our reading differs from crit's, a line for each place. */
export const differences = (ours: Json | undefined, crits: Json | undefined, at = ""): ReadonlyArray<string> => {
  if (ours === undefined || crits === undefined || typeof ours !== "object" || typeof crits !== "object") {
    return ours === crits ? [] : [`${at}: ${show(ours)}, crit has ${show(crits)}`]
  }
  const [left, right] = [new Map(Object.entries(ours)), new Map(Object.entries(crits))]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), at === "" ? key : `${at}.${key}`)
  )
}

const show = (value: Json | undefined): string => value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100)

const withExtra = (kind: string, message: Message.Message<unknown>, { extra, value }: Entry<unknown>): Json => {
  const form = formOf(message, value)
  const more = extraOf(kind, form, extra)
  return more === undefined ? form : { ...form, extra: more }
}

const formOf = (message: Message.Message<unknown>, value: unknown): { readonly [key: string]: Json } => {
  // The value was decoded by this definition.
  const values = value as Readonly<Record<string, unknown>> & Message.Extensible
  const found: Record<string, Json> = {}
  for (const [key, { kind, rule }] of Object.entries(message.fields)) {
    const one = values[key]
    if (rule !== "repeated") {
      if (one !== undefined) found[key] = scalarOf(kind, one)
    } else if (Array.isArray(one) && one.length > 0) found[key] = one.map((item) => scalarOf(kind, item))
  }
  if (values.unknownFields !== undefined) found["unknown"] = String(values.unknownFields.length)
  return found
}

const scalarOf = (kind: Message.Kind<unknown>, value: unknown): Json =>
  kind._tag === "Message"
    ? formOf(kind.message(), value)
    : value instanceof Uint8Array
    ? Encoding.encodeBase64(value)
    : typeof value === "boolean"
    ? value
    : String(value)

/** Bytes behind an entry as crit takes them apart. */
const extraOf = (kind: string, entry: { readonly [key: string]: Json }, extra: Uint8Array): Json | undefined => {
  switch (kind) {
    case "pipes_data":
    case "fifo_data":
    case "sk_queues":
    case "bpfmap_data":
      return Encoding.encodeBase64(extra)
    case "ghost_file":
      // The head of a file in chunks has none.
      return entry["chunks"] === true ? undefined : Encoding.encodeBase64(extra)
    case "ipcns_shm":
      return Encoding.encodeBase64(extra.subarray(0, Number(entry["size"])))
    case "tcp_stream": {
      const inside = Number(entry["inq_len"])
      return {
        inq: Encoding.encodeBase64(extra.subarray(0, inside)),
        outq: Encoding.encodeBase64(extra.subarray(inside))
      }
    }
    case "ipcns_sem": {
      const view = viewOf(extra)
      return Array.from({ length: Number(entry["nsems"]) }, (_, index) => String(view.getUint16(index * 2, true)))
    }
    case "ipcns_msg":
      return messagesOf(extra)
    default:
      return undefined
  }
}

const messagesOf = (bytes: Uint8Array): ReadonlyArray<Json> => {
  const found: Array<Json> = []
  for (let at = 0; at < bytes.byteLength;) {
    const start = at + 4
    const end = start + viewOf(bytes).getUint32(at, true)
    const message = Either.getOrThrow(decode(IpcMsg, bytes.subarray(start, end)))
    found.push(formOf(IpcMsg, message), Encoding.encodeBase64(bytes.subarray(end, end + message.msize)))
    at = end + Math.ceil(message.msize / 8) * 8
  }
  return found
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
