/**
 * CRIU's `stats-dump`: what it measured while it dumped (`images/stats.proto`).
 *
 * Unknown fields are skipped, so a newer CRIU reads too.
 */
import { BinaryReader } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import type { Statistics } from "../Statistics.ts"
import { messages, serviceMagic } from "./ImageFile.ts"

/** The second number of a statistics file. */
const statsMagic = 0x57093306

/** Reads a `stats-dump`; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<Statistics, string> =>
  Either.flatMap(
    messages(bytes, serviceMagic, statsMagic),
    ([entry]) =>
      entry === undefined ? Either.left("it holds no entry") : Either.flatMap(
        Either.try({ try: () => readEntry(entry), catch: () => "its entry is malformed" }),
        (found) => found === undefined ? Either.left("it is not of a dump") : Either.right(found)
      )
  )

const readEntry = (bytes: Uint8Array): Statistics | undefined => {
  const reader = new BinaryReader(bytes)
  let dump: Statistics | undefined
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 1) dump = readDump(reader.bytes())
    else reader.skip(wire, field)
  }
  return dump
}

const readDump = (bytes: Uint8Array): Statistics => {
  const reader = new BinaryReader(bytes)
  const values = new Map<number, number>()
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (wire === 0) values.set(field, Number(reader.uint64()))
    else reader.skip(wire, field)
  }
  const value = (field: number) => values.get(field) ?? 0
  return {
    freezingMicros: value(1),
    frozenMicros: value(2),
    memoryDumpMicros: value(3),
    memoryWriteMicros: value(4),
    pagesScanned: value(5),
    pagesSkippedParent: value(6),
    pagesWritten: value(7)
  }
}
