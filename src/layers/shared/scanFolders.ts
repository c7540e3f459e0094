/**
 * Looks into many folders at once: the text of one small file and the presence of another, in each.
 *
 * It is a plain loop of `node:fs` callbacks, bounded in width, because one fibre for each of ten thousand
 * folders costs more than the disk does. It knows nothing of what the files mean.
 */
import * as NodeFs from "node:fs"
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import type { Scanned, ScanRequest, SmallFile } from "../../effects/Disk.ts"
import { platformError } from "./Errno.ts"

/** Looks into the folders of these names below `path`; see `Disk.scan`. */
export const scanFolders = <A>(
  path: string,
  names: ReadonlyArray<string>,
  request: ScanRequest,
  read: (name: string, scanned: Scanned) => A | undefined
): Effect.Effect<ReadonlyArray<A>, PlatformError> =>
  Effect.async((resume) => {
    const found = new Array<A | undefined>(names.length)
    let next = 0
    let pending = names.length
    let ended = false
    const end = (outcome: Effect.Effect<ReadonlyArray<A>, PlatformError>) => {
      if (ended) return
      ended = true
      resume(outcome)
    }
    const finish = () => end(Effect.succeed(found.filter((one) => one !== undefined)))
    const step = () => {
      const index = next++
      const name = names[index]
      if (ended || name === undefined) return
      const folder = `${path}/${name}`
      scanFolder(folder, request, (failure, scanned) => {
        if (ended) return
        if (failure !== null && isExhausted(failure)) return end(Effect.fail(platformError("scan", folder, failure)))
        found[index] = read(name, failure === null ? scanned : hidden(failure))
        pending -= 1
        if (pending === 0) finish()
        else step()
      })
    }
    if (pending === 0) return finish()
    for (let lane = 0; lane < width; lane++) step()
    return Effect.sync(() => {
      ended = true
    })
  })

/** Looks into one folder; see `Disk.scanOne`. */
export const scanOneFolder = (path: string, request: ScanRequest): Effect.Effect<Scanned, PlatformError> =>
  Effect.async((resume) => {
    scanFolder(
      path,
      request,
      (failure, scanned) =>
        resume(failure === null ? Effect.succeed(scanned) : Effect.fail(platformError("scanOne", path, failure)))
    )
  })

/** How many folders are looked into at a time: above the threads that serve them, below what would block the loop. */
const width = 16

type Done = (failure: NodeJS.ErrnoException | null, scanned: Scanned) => void

const nothing: Scanned = { text: { _tag: "Absent" }, marker: false }

const hidden = (failure: NodeJS.ErrnoException): Scanned => ({ text: unreadable(failure.message), marker: false })

const unreadable = (reason: string): SmallFile => ({ _tag: "Unreadable", reason })

/** We have run out of something: that is no property of the folder that was looked into. */
const isExhausted = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "EMFILE" || code === "ENFILE" || code === "ENOMEM"

/** The folder was renamed or deleted since its name was read, or a plain file took its place. */
const isGone = ({ code }: NodeJS.ErrnoException): boolean => code === "ENOENT" || code === "ENOTDIR"

const scanFolder = (folder: string, request: ScanRequest, done: Done): void => {
  NodeFs.lstat(`${folder}/${request.marker}`, (failure, info) => {
    if (failure !== null && !isGone(failure)) return done(failure, nothing)
    const marker = failure === null && info.isFile()
    readSmall(folder, request, (failure, text) => done(failure, failure === null ? { text, marker } : nothing))
  })
}

const readFlags = NodeFs.constants.O_RDONLY | NodeFs.constants.O_NOFOLLOW | NodeFs.constants.O_NONBLOCK

const readSmall = (
  folder: string,
  request: ScanRequest,
  done: (failure: NodeJS.ErrnoException | null, text: SmallFile) => void
): void => {
  const { file } = request
  NodeFs.open(`${folder}/${file}`, readFlags, (failure, descriptor) => {
    if (failure !== null) {
      if (isExhausted(failure)) return done(failure, nothing.text)
      if (isGone(failure)) return done(null, nothing.text)
      return done(null, unreadable(failure.code === "ELOOP" ? `${file} is a symbolic link` : explain(file, failure)))
    }
    const close = (text: SmallFile) => NodeFs.close(descriptor, () => done(null, text))
    NodeFs.fstat(descriptor, (failure, info) => {
      if (failure !== null) return close(unreadable(explain(file, failure)))
      if (!info.isFile()) return close(unreadable(`${file} is not a plain file`))
      if (info.size > request.maximumBytes) {
        return close(unreadable(`${file} is ${info.size} bytes long and at most ${request.maximumBytes} are read`))
      }
      readText(
        descriptor,
        info.size,
        (failure, text) => close(failure === null ? { _tag: "Text", text } : unreadable(explain(file, failure)))
      )
    })
  })
}

const explain = (file: string, failure: NodeJS.ErrnoException): string => `${file} cannot be read: ${failure.message}`

/** Reads `size` bytes, fewer where the file was cut meanwhile. */
const readText = (
  descriptor: number,
  size: number,
  done: (failure: NodeJS.ErrnoException | null, text: string) => void
): void => {
  const buffer = Buffer.allocUnsafe(size)
  const readOn = (offset: number): void => {
    if (offset === size) return done(null, buffer.toString("utf8"))
    NodeFs.read(descriptor, buffer, offset, size - offset, offset, (failure, bytes) => {
      if (failure !== null) return done(failure, "")
      return bytes === 0 ? done(null, buffer.toString("utf8", 0, offset)) : readOn(offset + bytes)
    })
  }
  readOn(0)
}
