/** A place in memory where what was searched for is. */
import * as Schema from "effect/Schema"
import { AreaKind } from "./AreaKind.ts"

/** The same place in another process, which shares it. */
const Elsewhere = Schema.Struct({ pid: Schema.Number, address: Schema.String })

/** A match of a search; its bytes are in hexadecimal in JSON. */
export const MemoryHit = Schema.Struct({
  /** The process, by its pid in the images; absent where no process has mapped the shared memory that it is in. */
  pid: Schema.optional(Schema.Number),
  /** Of its first byte, such as `0x7f25f0a01000`; where no process has mapped it, from the start of the shared memory on. */
  address: Schema.String,
  /** Of the match, in bytes. */
  length: Schema.Number,
  area: Schema.optional(Schema.Struct({
    start: Schema.String,
    end: Schema.String,
    kind: AreaKind,
    protection: Schema.String,
    /** The path of the file that is mapped there, or the name of what has none. */
    file: Schema.optional(Schema.String)
  })),
  /** Where else it is: shared memory is searched once. */
  also: Schema.Array(Elsewhere),
  before: Schema.Uint8ArrayFromHex,
  match: Schema.Uint8ArrayFromHex,
  after: Schema.Uint8ArrayFromHex
})
/** A match of a search. */
export type MemoryHit = typeof MemoryHit.Type

/** An address as results have it. */
export const addressOf = (address: bigint): string => `0x${address.toString(16)}`
