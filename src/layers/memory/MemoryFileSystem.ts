/**
 * The platform's `FileSystem` over an in-memory volume: as strict as Linux, and able to lose what was not synced.
 *
 * It answers as `@effect/platform-node` does, with the same reasons and the same codes under `cause`. What the platform's
 * service lacks is `MemoryDisk.ts`.
 *
 * @example
 * ```ts
 * import * as Memory from "stasis/Memory"
 * import * as FileSystem from "@effect/platform/FileSystem"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const fs = yield* FileSystem.FileSystem
 *   yield* fs.makeDirectory("/a/b", { recursive: true })
 *   yield* fs.writeFileString("/a/b/c", "kept in memory")
 *   return yield* fs.readFileString("/a/b/c")
 * })
 *
 * console.log(await Effect.runPromise(Effect.provide(program, Memory.fileSystem))) // kept in memory
 * ```
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { copyFile, copyTree } from "./copyFiles.ts"
import type { Faults } from "./Faults.ts"
import { infoOf } from "./inodeInfo.ts"
import { MemoryFile } from "./MemoryFile.ts"
import type { Change, MemoryVolume } from "./MemoryVolume.ts"
import { openFile } from "./OpenFile.ts"
import { isRefusal, Refusal, toPlatformError } from "./Refusal.ts"
import { entriesOf, type Entry, type Inode, may, read, walk, write } from "./walk.ts"

/** The file system of a volume. */
export const make = (volume: MemoryVolume, faults: Faults): FileSystem.FileSystem => {
  /** One call on the volume at the time of the fibre's clock. */
  const call = <A>(
    method: Method,
    path: string,
    body: (now: number) => A | Refusal,
    reported: string = method
  ): Effect.Effect<A, PlatformError> =>
    Effect.clockWith((clock) => {
      const run = () => settle(reported, path, body(clock.unsafeCurrentTimeMillis()))
      return faults.isQuiet ? run() : faults.around(`FileSystem.${method}`, Effect.suspend(run))
    })

  const at = <A>(path: string, follow: boolean, syscall: string, body: (entry: Entry) => A | Refusal): A | Refusal => {
    const entry = volume.at(path, follow, syscall)
    return isRefusal(entry) ? entry : body(entry)
  }

  const change = (path: string, syscall: string, now: number, body: (inode: Inode) => void): void | Refusal =>
    at(path, true, syscall, ({ node }) => {
      if (volume.user.uid !== 0 && volume.user.uid !== node.uid) return new Refusal("EPERM", syscall)
      body(node)
      node.ctime = new Date(now)
      return volume.device.written(node)
    })

  const open = (
    path: string,
    options?: FileSystem.OpenFileOptions
  ): Effect.Effect<MemoryFile, PlatformError, Scope.Scope> =>
    call("open", path, (now) => {
      const flag = options?.flag ?? "r"
      const file = openFile(volume, now, path, flag, options?.mode ?? 0o666)
      return isRefusal(file) ? file : new MemoryFile(file, flag.startsWith("a"), faults)
    })

  const makeTempDirectory =
    (method: "makeTempDirectory" | "makeTempFile" | "makeTempDirectoryScoped" | "makeTempFileScoped") =>
    (options?: FileSystem.MakeTempDirectoryOptions): Effect.Effect<string, PlatformError> =>
      Effect.flatMap(randomName, (name) => {
        const path = `${options?.directory ?? "/tmp"}/${options?.prefix ?? ""}${name}`
        return call(method, path, (now) => {
          // Every machine has a folder for such things.
          if (options?.directory === undefined) volume.makeFolders(now, "/tmp", 0o1777)
          const made = volume.makeFolder(now, path, 0o700)
          return isRefusal(made) ? new Refusal(made.code, "mkdtemp") : path
        })
      })

  const makeTempFile = (method: "makeTempFile" | "makeTempFileScoped") => {
    const makeFolder = makeTempDirectory(method)
    return (options?: FileSystem.MakeTempFileOptions): Effect.Effect<string, PlatformError> =>
      Effect.gen(function* () {
        const folder = yield* makeFolder(options)
        const path = `${folder}/${yield* randomName}${options?.suffix ?? ""}`
        yield* Effect.scoped(open(path, { flag: "w+" }))
        return path
      })
  }

  const remove = (path: string, options?: FileSystem.RemoveOptions): Effect.Effect<void, PlatformError> =>
    call("remove", path, (now) => {
      const entry = volume.at(path, false, "lstat")
      if (isRefusal(entry)) return entry.code === "ENOENT" && options?.force === true ? undefined : entry
      if (!entry.node.isDirectory()) return volume.unlink(now, path)
      return options?.recursive === true ? volume.removeTree(now, path) : new Refusal("ERR_FS_EISDIR", "rm")
    })

  const scoped = <A, E, R>(acquire: Effect.Effect<A, E, R>, path: (made: A) => string) =>
    Effect.acquireRelease(acquire, (made) => Effect.ignore(remove(path(made), { recursive: true })))

  const stat = (path: string): Effect.Effect<FileSystem.File.Info, PlatformError> =>
    call("stat", path, () => at(path, true, "stat", ({ node }) => infoOf(node)))

  return FileSystem.make({
    access: (path, options) =>
      call("access", path, () =>
        at(path, true, "access", ({ node }) => {
          const bits = (options?.readable === true ? read : 0) | (options?.writable === true ? write : 0)
          return may(volume.user, node, bits) ? undefined : new Refusal("EACCES", "access")
        })),
    chmod: (path, mode) =>
      call("chmod", path, (now) => change(path, "chmod", now, (inode) => (inode.perm = mode & 0o7777))),
    chown: (path, uid, gid) =>
      call("chown", path, (now) =>
        change(path, "chown", now, (inode) => {
          inode.uid = uid
          inode.gid = gid
        })),
    copy: (from, to, options) => call("copy", from, (now) => copyTree(volume, now, from, to, options)),
    copyFile: (from, to) => call("copyFile", from, (now) => copyFile(volume, now, from, to)),
    link: (from, to) => call("link", from, (now) => volume.link(now, from, to)),
    makeDirectory: (path, options) =>
      Effect.asVoid(
        call("makeDirectory", path, (now) =>
          options?.recursive === true
            ? volume.makeFolders(now, path, options.mode ?? 0o777)
            : volume.makeFolder(now, path, options?.mode ?? 0o777))
      ),
    makeTempDirectory: makeTempDirectory("makeTempDirectory"),
    makeTempDirectoryScoped: (options) => scoped(makeTempDirectory("makeTempDirectoryScoped")(options), (path) => path),
    makeTempFile: makeTempFile("makeTempFile"),
    makeTempFileScoped: (options) =>
      scoped(makeTempFile("makeTempFileScoped")(options), (path) => path.slice(0, path.lastIndexOf("/"))),
    open,
    readDirectory: (path, options) =>
      call("readDirectory", path, () =>
        at(path, true, "scandir", (entry) => {
          if (!entry.node.isDirectory()) return new Refusal("ENOTDIR", "scandir")
          if (!may(volume.user, entry.node, read)) return new Refusal("EACCES", "scandir")
          return namesBelow(entry, options?.recursive === true)
        })),
    readFile: (path) =>
      call("readFile", path, (now) => {
        const file = openFile(volume, now, path, "r", 0)
        if (isRefusal(file)) return file
        if (file.inode.isDirectory()) return new Refusal("EISDIR", "read")
        const data = new Uint8Array(file.inode.getSize())
        const length = file.read(data, 0)
        return isRefusal(length) ? length : data
      }),
    readLink: (path) =>
      call(
        "readLink",
        path,
        () =>
          at(path, false, "readlink", ({ node }) => node.isSymlink() ? node.symlink : new Refusal("EINVAL", "readlink"))
      ),
    realPath: (path) => call("realPath", path, () => at(normalize(path), true, "lstat", pathOf)),
    remove,
    rename: (from, to) => call("rename", from, (now) => volume.rename(now, from, to)),
    stat,
    symlink: (target, path) => call("symlink", target, (now) => volume.makeLink(now, target, path)),
    truncate: (path, length) =>
      call("truncate", path, (now) => {
        const file = openFile(volume, now, path, "r+", 0)
        return isRefusal(file) ? file : file.truncate(now, Number(length ?? 0))
      }),
    utimes: (path, atime, mtime) =>
      call("utimes", path, (now) =>
        change(path, "utime", now, (inode) => {
          inode.atime = toDate(atime)
          inode.mtime = toDate(mtime)
        }), "utime"),
    watch: (path) => watch(volume, stat(path), path),
    writeFile: (path, data, options) =>
      call("writeFile", path, (now) => {
        const file = openFile(volume, now, path, options?.flag ?? "w", options?.mode ?? 0o666)
        return isRefusal(file) ? file : file.writeAll(now, data)
      })
  })
}

/** The absolute path of an entry. */
const pathOf = (entry: Entry): string => `/${entry.steps.slice(1).join("/")}`

type Method = Exclude<
  keyof FileSystem.FileSystem,
  "exists" | "readFileString" | "stream" | "sink" | "writeFileString" | "watch"
>

const settle = <A>(method: string, path: string, outcome: A | Refusal): Effect.Effect<A, PlatformError> =>
  isRefusal(outcome) ? Effect.fail(toPlatformError(method, path, outcome)) : Effect.succeed(outcome)

const namesBelow = (folder: Entry, recursive: boolean): Array<string> =>
  entriesOf(folder).flatMap(([name, entry]) =>
    recursive && entry.node.isDirectory()
      ? [name, ...namesBelow(entry, true).map((below) => `${name}/${below}`)]
      : [name]
  )

/** Node.js takes dots away before it looks at any link. */
const normalize = (path: string): string => {
  const parts: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "." && part !== "") parts.push(part)
  }
  return `/${parts.join("/")}`
}

const toDate = (time: Date | number): Date => typeof time === "number" ? new Date(time * 1000) : time

const randomName = Effect.map(Random.nextIntBetween(0, 36 ** 6), (number) => number.toString(36).padStart(6, "0"))

/** The changes of a folder's entries, or of one file, from now on; paths are absolute. */
const watch = (
  volume: MemoryVolume,
  check: Effect.Effect<unknown, PlatformError>,
  path: string
): Stream.Stream<FileSystem.WatchEvent, PlatformError> =>
  Stream.unwrap(Effect.as(
    check,
    Stream.asyncPush<FileSystem.WatchEvent>((emit) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const watched = walk(volume, path, true, "watch")
          const watcher = ({ folder, kind, name }: Change) => {
            if (isRefusal(watched) || (folder !== watched && folder.children.get(name) !== watched)) return
            const at = `${pathOf(folder)}/${name}`.replace(/^\/\//, "/")
            emit.single(
              kind === "create"
                ? FileSystem.WatchEventCreate({ path: at })
                : kind === "remove"
                ? FileSystem.WatchEventRemove({ path: at })
                : FileSystem.WatchEventUpdate({ path: at })
            )
          }
          volume.watchers.add(watcher)
          return watcher
        }),
        (watcher) => Effect.sync(() => volume.watchers.delete(watcher))
      )
    )
  ))
