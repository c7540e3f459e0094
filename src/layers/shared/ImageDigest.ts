/**
 * The SHA-256 of files, by the platform's `FileSystem` and the host's own cryptography: the next piece is read while the last one is
 * digested.
 *
 * Under Deno it needs `--allow-read` for the files.
 */
import * as NodeCrypto from "node:crypto"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import { storageFailed } from "./storageFailed.ts"

/** How much is read at once, in bytes. */
const pieceBytes = 4 * 1024 * 1024

/** The digest of a text. */
export const ofText = (text: string): Effect.Effect<string> =>
  Effect.sync(() => NodeCrypto.createHash("sha256").update(text).digest("hex"))

/** The digest of a file; nothing of it stays in memory but two pieces. */
export const ofFile = (path: string): Effect.Effect<string, StorageFailed, FileSystem.FileSystem> =>
  Effect.scoped(Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "r" })
    const size = Number((yield* file.stat).size)
    const pieces = [0, 1].map(() => new Uint8Array(Math.max(1, Math.min(pieceBytes, size))))
    const hash = NodeCrypto.createHash("sha256")
    let reading = yield* Effect.fork(fill(file, pieces[0]))
    for (let turn = 0;; turn++) {
      const piece = pieces[turn % 2]
      const count = yield* Fiber.join(reading)
      if (piece === undefined || count === 0) break
      reading = yield* Effect.fork(fill(file, pieces[(turn + 1) % 2]))
      // The read is under way before this thread is busy with the digest.
      yield* Effect.yieldNow()
      hash.update(count === piece.byteLength ? piece : piece.subarray(0, count))
    }
    return hash.digest("hex")
  })).pipe(Effect.mapError(storageFailed("read", path)))

/** Fills a piece, but for the end of the file; gives how many bytes there were. */
const fill = (file: FileSystem.File, piece = new Uint8Array()): Effect.Effect<number, PlatformError> =>
  Effect.gen(function* () {
    let done = 0
    while (done < piece.byteLength) {
      const count = Number(yield* file.read(piece.subarray(done)))
      if (count === 0) break
      done += count
    }
    return done
  })
