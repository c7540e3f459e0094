/** An open in-memory file as the platform's `File`: it keeps a position, and does one thing at a time as Node.js's does. */
import { type PlatformError, SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Faults } from "./Faults.ts"
import { infoOf } from "./inodeInfo.ts"
import type { OpenFile } from "./OpenFile.ts"
import { isRefusal, Refusal, toPlatformError } from "./Refusal.ts"

/** An open file. */
export class MemoryFile implements FileSystem.File {
  readonly [FileSystem.FileTypeId]: FileSystem.FileTypeId = FileSystem.FileTypeId
  readonly fd: FileSystem.File.Descriptor
  readonly #file: OpenFile
  readonly #appends: boolean
  readonly #faults: Faults
  #position = 0

  constructor(file: OpenFile, appends: boolean, faults: Faults) {
    this.fd = FileSystem.FileDescriptor(file.volume.nextDescriptor++)
    this.#file = file
    this.#appends = appends
    this.#faults = faults
  }

  get stat(): Effect.Effect<FileSystem.File.Info, PlatformError> {
    return this.#call("stat", () => this.#file.isLost ? new Refusal("EBADF", "fstat") : infoOf(this.#file.inode))
  }

  get sync(): Effect.Effect<void, PlatformError> {
    return this.#call("sync", () => this.#file.sync())
  }

  seek(offset: FileSystem.SizeInput, from: FileSystem.SeekMode): Effect.Effect<FileSystem.Size> {
    return Effect.sync(() => {
      this.#position = from === "start" ? Number(offset) : this.#position + Number(offset)
      return FileSystem.Size(this.#position)
    })
  }

  read(buffer: Uint8Array): Effect.Effect<FileSystem.Size, PlatformError> {
    return this.#call("read", () => {
      const length = this.#file.read(buffer, this.#position)
      if (isRefusal(length)) return length
      this.#position += length
      return FileSystem.Size(length)
    })
  }

  readAlloc(size: FileSystem.SizeInput): Effect.Effect<Option.Option<Uint8Array>, PlatformError> {
    return this.#call("readAlloc", () => {
      const buffer = new Uint8Array(Number(size))
      const length = this.#file.read(buffer, this.#position)
      if (isRefusal(length)) return length
      this.#position += length
      return length === 0 ? Option.none() : Option.some(buffer.subarray(0, length))
    })
  }

  truncate(length?: FileSystem.SizeInput): Effect.Effect<void, PlatformError> {
    return this.#call("truncate", (now) => {
      const size = Number(length ?? 0)
      const refused = this.#file.truncate(now, size)
      if (!isRefusal(refused) && !this.#appends && this.#position > size) this.#position = size
      return refused
    })
  }

  write(buffer: Uint8Array): Effect.Effect<FileSystem.Size, PlatformError> {
    return this.#call("write", (now) => {
      const length = this.#file.write(now, buffer, this.#position)
      if (isRefusal(length)) return length
      if (!this.#appends) this.#position += length
      return FileSystem.Size(length)
    })
  }

  writeAll(buffer: Uint8Array): Effect.Effect<void, PlatformError> {
    if (buffer.byteLength === 0) return Effect.fail(this.#wroteNothing())
    return this.#call("writeAll", (now) => {
      for (let done = 0; done < buffer.byteLength;) {
        const length = this.#file.write(now, buffer.subarray(done), this.#position)
        if (isRefusal(length)) return length
        done += length
        if (!this.#appends) this.#position += length
      }
      return undefined
    })
  }

  /** The platform's own answer to an empty write. */
  #wroteNothing(): PlatformError {
    return new SystemError({
      module: "FileSystem",
      method: "writeAll",
      reason: "WriteZero",
      pathOrDescriptor: this.fd,
      description: "write returned 0 bytes written"
    })
  }

  #call<A>(method: FileMethod, body: (now: number) => A | Refusal): Effect.Effect<A, PlatformError> {
    return Effect.clockWith((clock) => {
      const run = Effect.suspend(() => {
        const outcome = body(clock.unsafeCurrentTimeMillis())
        return isRefusal(outcome) ? Effect.fail(toPlatformError(method, this.fd, outcome)) : Effect.succeed(outcome)
      })
      return this.#faults.isQuiet ? run : this.#faults.around(`File.${method}`, run)
    })
  }
}

/** What is done to an open file. */
export type FileMethod = "read" | "readAlloc" | "stat" | "sync" | "truncate" | "write" | "writeAll"
