/**
 * Folders of images on a disk, by the platform's `FileSystem` and `Disk`.
 *
 * Links are not followed, but for CRIU's own `parent`. Under Deno it needs `--allow-read` for the folders.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ImagesNotFound, ImageUnreadable, type StorageFailed } from "../../domain/CheckpointError.ts"
import { Disk } from "../../effects/Disk.ts"
import { type ImageFolder, type ImageInfo, Images, maximumImageBytes, type OpenImage } from "../../effects/Images.ts"
import * as HostBytes from "./HostBytes.ts"
import * as ImageDigest from "./ImageDigest.ts"
import * as ImageTree from "./ImageTree.ts"
import { errno, storageFailed } from "./storageFailed.ts"

/** The images on the disk that is given. */
export const layer: Layer.Layer<Images, never, FileSystem.FileSystem | Disk> = Layer.effect(
  Images,
  Effect.gen(function* () {
    const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
    const provide = Effect.provide(context)
    return {
      open: (path) => provide(openFolder(path, true)),
      openDamaged: (path) => provide(openFolder(path, false)),
      digest: ImageDigest.ofText,
      views: HostBytes.views
    }
  })
)

const openFolder = (
  given: string,
  whole: boolean
): Effect.Effect<ImageFolder, ImagesNotFound | StorageFailed, FileSystem.FileSystem | Disk> =>
  Effect.gen(function* () {
    const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
    const fs = yield* FileSystem.FileSystem
    const disk = yield* Disk
    const entries = yield* Effect.catchAll(disk.entries(given), (error) => notFolder(given, error))
    // The steps of a link are taken from where the folder lies, wherever the caller stands.
    const path = given.startsWith("/")
      ? given
      : yield* Effect.mapError(fs.realPath(given), storageFailed("look into", given))
    const plain = entries.filter(({ kind }) => kind === "File").map(({ name }) => name).sort()
    if (whole && !plain.includes("inventory.img")) {
      return yield* new ImagesNotFound({ path, reason: "there is no inventory.img in it" })
    }
    const files = (yield* Effect.forEach(plain, (name) =>
      Effect.map(
        Effect.mapError(disk.inspect(`${path}/${name}`), storageFailed("look at", `${path}/${name}`)),
        Option.map(({ size }): ImageInfo => ({ name, bytes: size }))
      ), { concurrency: 16 })).flatMap(Option.toArray)
    const linked = entries.some(({ kind, name }) => name === "parent" && kind === "SymbolicLink")
    const parent = linked ? yield* leadsTo(`${path}/parent`, path) : undefined
    const find = (name: string) => {
      const info = files.find((file) => file.name === name)
      return info === undefined
        ? Effect.fail(new ImageUnreadable({ path, file: name, reason: "it is not there" }))
        : Effect.succeed(info)
    }
    const open = (name: string) =>
      Effect.flatMap(find(name), (info) => openFile(`${path}/${name}`, info)).pipe(
        Effect.provideService(FileSystem.FileSystem, fs)
      )
    return {
      path,
      files,
      parent,
      open,
      entries: Effect.provide(ImageTree.entries(path), context),
      digest: (below) => Effect.provide(ImageDigest.ofFile(`${path}/${below}`), context),
      keep: (name, text, durability) => Effect.provide(ImageTree.keep(path, name, text, durability), context),
      read: (name) =>
        Effect.scoped(Effect.gen(function* () {
          const { bytes, read } = yield* open(name)
          if (bytes > maximumImageBytes) {
            return yield* new ImageUnreadable({
              path,
              file: name,
              reason: `it has ${bytes} bytes, and an image of more than ${maximumImageBytes} is not read`
            })
          }
          const whole = new Uint8Array(bytes)
          const count = yield* read(0, whole)
          return whole.subarray(0, count)
        }))
    }
  })

/** Where a link in a folder leads in the end, as CRIU follows it; where that is nowhere, what the link says. */
const leadsTo = (link: string, folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const target = yield* Effect.mapError(fs.readLink(link), storageFailed("read the link", link))
    // Why it leads nowhere is told when that is opened.
    const real = yield* Effect.option(fs.realPath(link))
    if (Option.isSome(real)) return real.value
    return target.startsWith("/")
      ? target
      : `${yield* Effect.orElseSucceed(fs.realPath(folder), () => folder)}/${target}`
  })

const notFolder = (path: string, error: PlatformError): Effect.Effect<never, ImagesNotFound | StorageFailed> => {
  const reason = whyNone[errno(error) ?? ""]
  return Effect.fail(
    reason === undefined ? storageFailed("look into", path)(error) : new ImagesNotFound({ path, reason })
  )
}

const whyNone: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is not a folder",
  ELOOP: "it is a symbolic link"
}

const openFile = (path: string, { bytes }: ImageInfo) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), storageFailed("open", path))
    const read = (position: number, into: Uint8Array) =>
      Effect.gen(function* () {
        yield* file.seek(position, "start")
        let done = 0
        while (done < into.byteLength) {
          const count = Number(yield* file.read(done === 0 ? into : into.subarray(done)))
          if (count === 0) break
          done += count
        }
        return done
      }).pipe(Effect.mapError(storageFailed("read", path)))
    return { bytes, read } satisfies OpenImage
  })
