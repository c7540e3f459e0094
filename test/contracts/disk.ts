/** What every `Disk` keeps, beside the `FileSystem` that it stands by. */
import { describe, expect, it } from "@effect/vitest"
import * as FileSystem from "@effect/platform/FileSystem"

import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import { Disk } from "stasis"

type Both = FileSystem.FileSystem | Disk.Disk

/** Runs the contract on a disk and its file system. */
export const suite = (name: string, layer: Layer.Layer<Both>): void => {
  const check = (
    promise: string,
    test: (
      at: string,
      disk: typeof Disk.Disk.Service,
      fs: FileSystem.FileSystem
    ) => Effect.Effect<unknown, unknown, Scope.Scope>
  ) =>
    it.live(promise, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* test(yield* fs.makeTempDirectoryScoped({ prefix: "stasis-disk-" }), yield* Disk.Disk, fs)
      }).pipe(Effect.scoped, Effect.provide(layer)))

  describe(`Disk: ${name}`, () => {
    check("looks at a path itself, never through a link", (at, disk, fs) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${at}/file`, "12345", { mode: 0o600 })
        yield* fs.symlink(`${at}/file`, `${at}/link`)
        yield* fs.symlink("nowhere", `${at}/dangling`)
        expect(Option.getOrThrow(yield* disk.inspect(`${at}/file`))).toMatchObject({
          kind: "File",
          size: 5,
          mode: 0o600
        })
        expect(Option.getOrThrow(yield* disk.inspect(`${at}/link`)).kind).toBe("SymbolicLink")
        expect(Option.getOrThrow(yield* disk.inspect(`${at}/dangling`)).kind).toBe("SymbolicLink")
        expect(Option.getOrThrow(yield* disk.inspect(at)).kind).toBe("Directory")
        expect(yield* disk.inspect(`${at}/none`)).toEqual(Option.none())
      }))

    check("gives entries with their kinds, and refuses a link to a folder", (at, disk, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/folder/below`, { recursive: true })
        yield* fs.writeFileString(`${at}/folder/file`, "")
        yield* fs.symlink("below", `${at}/folder/link`)
        yield* fs.symlink(`${at}/folder`, `${at}/away`)
        const entries = [...yield* disk.entries(`${at}/folder`)].sort((a, b) => a.name < b.name ? -1 : 1)
        expect(entries).toEqual([
          { name: "below", kind: "Directory" },
          { name: "file", kind: "File" },
          { name: "link", kind: "SymbolicLink" }
        ])
        for (const path of ["away", "folder/file", "none"]) {
          expect(yield* Effect.flip(disk.entries(`${at}/${path}`))).toMatchObject({ _tag: "SystemError" })
        }
      }))

    check(
      "scans folders: small texts and markers, never through a link, never more than asked for",
      (at, disk, fs) =>
        Effect.gen(function* () {
          const put = (folder: string, files: Record<string, string>) =>
            Effect.zipRight(
              fs.makeDirectory(`${at}/${folder}`),
              Effect.forEach(
                Object.entries(files),
                ([file, text]) => fs.writeFileString(`${at}/${folder}/${file}`, text)
              )
            )
          yield* put("whole", { text: "tëxt", marker: "" })
          yield* put("large", { text: "x".repeat(17) })
          yield* put("empty", {})
          yield* put("linked", { other: "secret" })
          yield* fs.symlink("other", `${at}/linked/text`)
          yield* fs.symlink("other", `${at}/linked/marker`)
          yield* fs.makeDirectory(`${at}/empty/marker`)
          const request = { file: "text", marker: "marker", maximumBytes: 16 }
          const names = ["whole", "large", "empty", "linked", "none"]
          const found = yield* disk.scan(at, names, request, (name, scanned) => ({ name, ...scanned }))
          const unreadable = { _tag: "Unreadable" }
          expect(found).toMatchObject([
            { name: "whole", marker: true, text: { _tag: "Text", text: "tëxt" } },
            { name: "large", marker: false, text: unreadable },
            { name: "empty", marker: false, text: { _tag: "Absent" } },
            { name: "linked", marker: false, text: unreadable },
            { name: "none", marker: false, text: { _tag: "Absent" } }
          ])
          for (const one of found) {
            const { marker, text } = yield* disk.scanOne(`${at}/${one.name}`, request)
            expect({ name: one.name, marker, text }).toEqual(one)
          }
          expect(
            yield* disk.scan(at, names, request, (name) => name === "large" ? name : undefined)
          ).toEqual(["large"])
        })
    )

    check("removes an empty folder only", (at, disk, fs) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${at}/full/below`, { recursive: true })
        expect(yield* Effect.flip(disk.removeEmpty(`${at}/full`))).toMatchObject({ cause: { code: "ENOTEMPTY" } })
        yield* disk.removeEmpty(`${at}/full/below`)
        yield* disk.removeEmpty(`${at}/full`)
        expect(yield* fs.exists(`${at}/full`)).toBe(false)
      }))

    check("syncs files and folders, and does not mind that one is gone", (at, disk, fs) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${at}/file`, "x")
        yield* disk.sync(`${at}/file`)
        yield* disk.sync(at)
        yield* disk.sync(`${at}/none`)
        yield* fs.symlink("file", `${at}/link`)
        expect(yield* Effect.flip(disk.sync(`${at}/link`))).toMatchObject({ cause: { code: "ELOOP" } })
        expect(yield* disk.freeBytes(at)).toBeGreaterThan(0)
      }))

    check("locks against everybody else until the scope is closed", (at, disk, fs) =>
      Effect.gen(function* () {
        const path = `${at}/lock`
        const scope = yield* Scope.make()
        expect(Option.isSome(yield* Scope.extend(disk.lock(path, false), scope))).toBe(true)
        expect(Option.getOrThrow(yield* disk.inspect(path)).mode).toBe(0o600)
        expect(yield* Effect.scoped(disk.lock(path, false))).toEqual(Option.none())
        const waits = yield* Effect.fork(Effect.scoped(disk.lock(path, true)))
        yield* Scope.close(scope, Exit.void)
        expect(Option.isSome(yield* Fiber.join(waits))).toBe(true)
        expect(Option.isSome(yield* Effect.scoped(disk.lock(path, false)))).toBe(true)
        expect(yield* Effect.flip(Effect.scoped(disk.lock(`${at}/none/lock`, false)))).toMatchObject({
          reason: "NotFound"
        })
        expect(yield* fs.exists(path)).toBe(true)
      }))

    check("lets a wait for a lock be interrupted, and takes nothing with it", (at, disk) =>
      Effect.gen(function* () {
        const path = `${at}/lock`
        const held = yield* Deferred.make<void>()
        const release = yield* Deferred.make<void>()
        const holder = yield* Effect.fork(Effect.scoped(
          Effect.zipRight(
            disk.lock(path, true),
            Effect.zipRight(Deferred.succeed(held, undefined), Deferred.await(release))
          )
        ))
        yield* Deferred.await(held)
        const waits = yield* Effect.fork(Effect.scoped(disk.lock(path, true)))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(waits)
        yield* Deferred.succeed(release, undefined)
        yield* Fiber.join(holder)
        expect(Option.isSome(yield* Effect.scoped(disk.lock(path, false)))).toBe(true)
      }))

    check("counts to fifty with fifty waiting for one lock", (at, disk) =>
      Effect.gen(function* () {
        let inside = 0
        let most = 0
        const once = Effect.scoped(Effect.zipRight(
          disk.lock(`${at}/lock`, true),
          Effect.gen(function* () {
            most = Math.max(most, ++inside)
            yield* Effect.yieldNow()
            inside -= 1
          })
        ))
        yield* Effect.all(Array.from({ length: 50 }, () => once), { concurrency: "unbounded" })
        expect(most).toBe(1)
      }))
  })
}
