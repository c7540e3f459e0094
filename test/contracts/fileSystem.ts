/** The rules of Linux that a store of checkpoints stands on, for every `FileSystem`. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

/** Runs the contract on a file system. */
export const suite = (name: string, layer: Layer.Layer<FileSystem.FileSystem>): void => {
  const check = (
    promise: string,
    test: (at: string, fs: FileSystem.FileSystem) => Effect.Effect<unknown, unknown>
  ) =>
    it.live(promise, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* test(yield* fs.makeTempDirectoryScoped({ prefix: "stasis-fs-" }), fs)
      }).pipe(Effect.scoped, Effect.provide(layer)))

  const refuses = (code: string, call: Effect.Effect<unknown, PlatformError>) =>
    Effect.map(Effect.flip(call), (error) => expect(error).toMatchObject({ cause: { code } }))

  describe(`FileSystem: ${name}`, () => {
    check("renames a folder over an empty one, never over a full one", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/from/below`, { recursive: true })
        yield* fs.makeDirectory(`${at}/full/below`, { recursive: true })
        yield* fs.makeDirectory(`${at}/empty`)
        yield* refuses("ENOTEMPTY", fs.rename(`${at}/from`, `${at}/full`))
        yield* fs.rename(`${at}/from`, `${at}/empty`)
        expect((yield* fs.readDirectory(at)).sort()).toEqual(["empty", "full"])
        expect(yield* fs.readDirectory(`${at}/empty`)).toEqual(["below"])
      }))

    check(
      "renames a file over a file, never a folder over a file or a file over a folder",
      (at, fs) =>
        Effect.gen(function* () {
          yield* fs.writeFileString(`${at}/a`, "a")
          yield* fs.writeFileString(`${at}/b`, "b")
          yield* fs.makeDirectory(`${at}/folder`)
          yield* refuses("EISDIR", fs.rename(`${at}/a`, `${at}/folder`))
          yield* refuses("ENOTDIR", fs.rename(`${at}/folder`, `${at}/a`))
          yield* refuses("EINVAL", fs.rename(`${at}/folder`, `${at}/folder/inside`))
          yield* refuses("ENOENT", fs.rename(`${at}/none`, `${at}/a`))
          yield* fs.rename(`${at}/a`, `${at}/b`)
          expect(yield* fs.readFileString(`${at}/b`)).toBe("a")
        })
    )

    check("renames and removes a link itself", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/folder`)
        yield* fs.writeFileString(`${at}/folder/file`, "kept")
        yield* fs.symlink(`${at}/folder`, `${at}/link`)
        yield* fs.rename(`${at}/link`, `${at}/moved`)
        expect(yield* fs.readLink(`${at}/moved`)).toBe(`${at}/folder`)
        yield* fs.remove(`${at}/moved`, { recursive: true })
        expect(yield* fs.readFileString(`${at}/folder/file`)).toBe("kept")
      }))

    check("takes names of 255 bytes and no more", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/${"n".repeat(255)}`)
        yield* refuses("ENAMETOOLONG", fs.makeDirectory(`${at}/${"n".repeat(256)}`))
        yield* refuses("ENAMETOOLONG", fs.makeDirectory(`${at}/${"é".repeat(128)}`))
        yield* refuses("ENAMETOOLONG", fs.writeFileString(`${at}/${"n".repeat(256)}`, ""))
        yield* refuses("ENAMETOOLONG", fs.rename(`${at}/${"n".repeat(255)}`, `${at}/${"n".repeat(256)}`))
      }))

    check("makes a folder once, with the mode that it is given", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/folder`, { mode: 0o700 })
        expect((yield* fs.stat(`${at}/folder`)).mode & 0o777).toBe(0o700)
        yield* refuses("EEXIST", fs.makeDirectory(`${at}/folder`))
        yield* fs.makeDirectory(`${at}/folder`, { recursive: true })
        yield* refuses("ENOENT", fs.makeDirectory(`${at}/none/folder`))
        yield* fs.writeFileString(`${at}/file`, "", { mode: 0o600 })
        yield* refuses("ENOTDIR", fs.makeDirectory(`${at}/file/folder`))
        yield* fs.chmod(`${at}/file`, 0o640)
        expect((yield* fs.stat(`${at}/file`)).mode & 0o777).toBe(0o640)
      }))

    check("opens what is missing exclusively, and what is there never", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${at}/file`, "x", { flag: "wx" })
        yield* refuses("EEXIST", fs.writeFileString(`${at}/file`, "y", { flag: "wx" }))
        yield* fs.symlink("nowhere", `${at}/dangling`)
        yield* refuses("EEXIST", fs.writeFileString(`${at}/dangling`, "y", { flag: "wx" }))
        yield* refuses("EISDIR", fs.writeFileString(at, "y"))
        yield* fs.symlink("loop", `${at}/loop`)
        yield* refuses("ELOOP", fs.readFileString(`${at}/loop`))
      }))

    check("removes what is there, and a folder only when it is told to", (at, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/folder/below`, { recursive: true })
        yield* refuses("ERR_FS_EISDIR", fs.remove(`${at}/folder`))
        yield* fs.remove(`${at}/folder`, { recursive: true })
        yield* refuses("ENOENT", fs.remove(`${at}/folder`, { recursive: true }))
        yield* fs.remove(`${at}/folder`, { force: true })
      }))
  })
}
