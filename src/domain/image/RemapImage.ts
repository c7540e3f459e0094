/**
 * CRIU's `remap-fpath.img`: the files whose names were gone when they were dumped, and that a restore does not look for by
 * them (`images/remap-file-path.proto`).
 */
import { BinaryReader } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import { commonMagic, messages } from "./ImageFile.ts"

/** The second number of `remap-fpath.img`. */
const remapMagic = 0x59133954

/** Reads the ids of those files, as `files.img` has them; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<ReadonlySet<number>, string> =>
  Either.flatMap(
    messages(bytes, commonMagic, remapMagic),
    (entries) => Either.try({ try: () => new Set(entries.map(readId)), catch: () => "an entry is malformed" })
  )

const readId = (bytes: Uint8Array): number => {
  const reader = new BinaryReader(bytes)
  let id = 0
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 1 && wire === 0) id = reader.uint32()
    else reader.skip(wire, field)
  }
  return id
}
