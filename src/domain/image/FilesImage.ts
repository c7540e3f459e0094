/**
 * The regular files of CRIU's `files.img`: which files the dumped processes held open or had mapped, and the
 * sizes that a restore insists on (`images/fdinfo.proto`, `images/regfile.proto`).
 *
 * Every other kind of file is skipped.
 */
import { BinaryReader } from "@bufbuild/protobuf/wire"
import * as Either from "effect/Either"
import { commonMagic, messages } from "./ImageFile.ts"

/** The second number of `files.img`. */
const filesMagic = 0x56303138

/** A regular file, a folder or a device as the processes saw it. */
export interface RegularFile {
  /** By which other images mean it. */
  readonly id: number
  /** The path inside of the container, without a leading slash where CRIU wrote none. */
  readonly path: string
  /** In bytes; absent where CRIU does not check it. */
  readonly size: number | undefined
  /** CRIU knows it by its build: a program or library that was built anew fails a restore, one that was copied does not. */
  readonly hasBuild: boolean
  /** A folder is the working directory of a process, or one that it reads. */
  readonly kind: "file" | "folder" | "device"
}

/** The bits of a mode that tell what it is of (inode(7)). */
const kindBits = 0o170000
const kinds: Readonly<Record<number, RegularFile["kind"]>> = {
  [0o040000]: "folder",
  [0o020000]: "device",
  [0o060000]: "device"
}

/** Reads a `files.img`; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<ReadonlyArray<RegularFile>, string> =>
  Either.flatMap(messages(bytes, commonMagic, filesMagic), (entries) =>
    Either.try({
      try: () => entries.flatMap((entry) => readEntry(entry)),
      catch: () => "an entry is malformed"
    }))

const readEntry = (bytes: Uint8Array): ReadonlyArray<RegularFile> => {
  const reader = new BinaryReader(bytes)
  const found: Array<RegularFile> = []
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 3 && wire === 2) found.push(readRegular(reader.bytes()))
    else reader.skip(wire, field)
  }
  return found
}

const readRegular = (bytes: Uint8Array): RegularFile => {
  const reader = new BinaryReader(bytes)
  let id = 0
  let mode = 0
  let path = ""
  let size: number | undefined
  let hasBuild = false
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (field === 1 && wire === 0) id = reader.uint32()
    else if (field === 6 && wire === 2) path = reader.string()
    else if (field === 8 && wire === 0) size = Number(reader.uint64())
    else if (field === 10 && wire === 0) mode = reader.uint32()
    else {
      if (field === 11) hasBuild = true
      reader.skip(wire, field)
    }
  }
  return { id, path, size, hasBuild, kind: kinds[mode & kindBits] ?? "file" }
}
