/** CRIU's `stats-dump`: what it measured while it dumped. */
import * as Either from "effect/Either"
import type { Statistics } from "../Statistics.ts"
import * as ImageFile from "./ImageFile.ts"
import { kinds } from "./kinds.ts"

/** Reads a `stats-dump`; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<Statistics, string> =>
  Either.flatMap(ImageFile.values(kinds.stats, bytes), ([entry]) => {
    if (entry === undefined) return Either.left("it holds no entry")
    const { dump } = entry
    return dump === undefined ? Either.left("it is not of a dump") : Either.right({
      freezingMicros: dump.freezing_time,
      frozenMicros: dump.frozen_time,
      memoryDumpMicros: dump.memdump_time,
      memoryWriteMicros: dump.memwrite_time,
      pagesScanned: Number(dump.pages_scanned),
      pagesSkippedParent: Number(dump.pages_skipped_parent),
      pagesWritten: Number(dump.pages_written)
    })
  })
