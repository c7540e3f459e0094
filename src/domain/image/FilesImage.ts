/**
 * The regular files of CRIU's `files.img`: which files the dumped processes held open or had mapped, and the sizes that a
 * restore insists on.
 *
 * Every other kind of file is left out.
 */
import * as Either from "effect/Either"
import * as ImageFile from "./ImageFile.ts"
import { kinds } from "./kinds.ts"
import type { RegFileEntry } from "./message/Regfile.ts"

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
const kindsOfFile: Readonly<Record<number, RegularFile["kind"]>> = {
  [0o040000]: "folder",
  [0o020000]: "device",
  [0o060000]: "device"
}

/** Reads a `files.img`; the reason of a failure is one line. */
export const decode = (bytes: Uint8Array): Either.Either<ReadonlyArray<RegularFile>, string> =>
  Either.map(
    ImageFile.values(kinds.files, bytes),
    (files) => files.flatMap(({ reg }) => reg === undefined ? [] : [regular(reg)])
  )

const regular = ({ build_id, id, mode = 0, name, size }: RegFileEntry): RegularFile => ({
  id,
  path: name,
  size: size === undefined ? undefined : Number(size),
  hasBuild: build_id.length > 0,
  kind: kindsOfFile[mode & kindBits] ?? "file"
})
