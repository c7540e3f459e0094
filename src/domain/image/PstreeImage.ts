/**
 * CRIU's `pstree.img`: which processes were dumped, with the ids that a restore gives them again (`images/pstree.proto`).
 *
 * Unknown fields are skipped.
 */
import { BinaryReader } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import { commonMagic, messages } from "./ImageFile.ts"

/** The second number of `pstree.img`. */
const pstreeMagic = 0x50273030

/** A process as it was dumped. */
export interface DumpedProcess {
  readonly pid: number
  /** Zero for the root. */
  readonly parent: number
  /** The ids of all its threads, the first one, its pid, included. */
  readonly threads: ReadonlyArray<number>
}

/** Reads a `pstree.img`, parents before their children; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<ReadonlyArray<DumpedProcess>, string> =>
  Either.flatMap(
    messages(bytes, commonMagic, pstreeMagic),
    (entries) => Either.try({ try: () => entries.map(readEntry), catch: () => "an entry is malformed" })
  )

const readEntry = (bytes: Uint8Array): DumpedProcess => {
  const reader = new BinaryReader(bytes)
  let pid = 0
  let parent = 0
  const threads: Array<number> = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 1 && wire === 0) pid = reader.uint32()
    else if (field === 2 && wire === 0) parent = reader.uint32()
    else if (field === 5 && wire === 0) threads.push(reader.uint32())
    else if (field === 5 && wire === 2) threads.push(...readPacked(reader.bytes()))
    else reader.skip(wire, field)
  }
  return { pid, parent, threads }
}

const readPacked = (bytes: Uint8Array): ReadonlyArray<number> => {
  const reader = new BinaryReader(bytes)
  const found: Array<number> = []
  while (reader.pos < reader.len) found.push(reader.uint32())
  return found
}
