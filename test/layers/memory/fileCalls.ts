/** Calls on a file system as data: run on the real one and on the one in memory, they must have the same outcome. */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import { Disk } from "stasis"

const { Disk: DiskTag } = Disk

/** One call; its paths are relative to the folder that a sequence works in. */
export interface Call {
  readonly method: keyof typeof methods
  readonly path: string
  readonly other: string
  readonly flag: FileSystem.OpenFlag
  readonly recursive: boolean
  readonly force: boolean
  readonly mode: number
  readonly length: number
}

const long = "n".repeat(256)

// A link leads to a name or to a folder it lies in, never up: no sequence gets out of its folder.
const component = FastCheck.oneof(
  { weight: 12, arbitrary: FastCheck.constantFrom("a", "b", "c") },
  { weight: 1, arbitrary: FastCheck.constantFrom(".", "..", "é", long, "n".repeat(255)) }
)

const path = FastCheck.tuple(
  FastCheck.array(component, { minLength: 1, maxLength: 3 }),
  FastCheck.oneof({ weight: 9, arbitrary: FastCheck.constant("") }, { weight: 1, arbitrary: FastCheck.constant("/") })
).map(([parts, slash]) => `${parts.join("/")}${slash}`)

/** Calls over a few paths, so that they meet. */
export const calls = (maxLength: number): FastCheck.Arbitrary<ReadonlyArray<Call>> =>
  FastCheck.array(
    FastCheck.record({
      method: FastCheck.constantFrom(...everyMethod, ...often),
      path,
      other: path,
      flag: FastCheck.constantFrom<Array<FileSystem.OpenFlag>>("r", "r+", "w", "wx", "w+", "a", "ax", "a+"),
      recursive: FastCheck.boolean(),
      force: FastCheck.boolean(),
      mode: FastCheck.constantFrom(0o600, 0o644, 0o700, 0o755, 0o777),
      length: FastCheck.nat(9)
    }),
    { maxLength }
  )

/** What a call came to, without what differs between two machines: times, numbers of inodes. */
export const outcome = (root: string, call: Call): Effect.Effect<unknown, never, FileSystem.FileSystem | Disk.Disk> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* DiskTag
    return yield* methods[call.method](fs, disk, call, (relative) => `${root}/${relative}`)
  }).pipe(
    Effect.map((value) => ({ value })),
    Effect.catchAll((error) => Effect.succeed(describe(error)))
  )

/** Everything below a folder, as it is itself. */
export const tree = (
  root: string
): Effect.Effect<ReadonlyArray<unknown>, PlatformError, FileSystem.FileSystem | Disk.Disk> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const disk = yield* DiskTag
    const entries = yield* disk.entries(root)
    const found = yield* Effect.forEach([...entries].sort((a, b) => a.name < b.name ? -1 : 1), ({ kind, name }) =>
      Effect.gen(function* () {
        const at = `${root}/${name}`
        const info = yield* disk.inspect(at)
        const content = kind === "Directory"
          ? yield* tree(at)
          : kind === "SymbolicLink"
          ? yield* fs.readLink(at)
          : yield* fs.readFileString(at)
        return { name, kind, mode: Option.getOrUndefined(info)?.mode, content }
      }))
    return found
  })

const describe = (error: PlatformError) => {
  const { cause } = error
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return {
    error: error._tag,
    reason: error._tag === "SystemError" ? error.reason : undefined,
    method: error.method,
    code
  }
}

type Run = (
  fs: FileSystem.FileSystem,
  disk: typeof DiskTag.Service,
  call: Call,
  at: (relative: string) => string
) => Effect.Effect<unknown, PlatformError>

const infoOf = ({ gid, mode, nlink, size, type, uid }: FileSystem.File.Info) => ({
  type,
  mode,
  uid,
  gid,
  ...(type === "Directory" ? {} : { size, nlink })
})

const request: Disk.ScanRequest = { file: "a", marker: "b", maximumBytes: 5 }

const methods = {
  makeDirectory: (fs, _, { mode, path, recursive }, at) =>
    Effect.asVoid(fs.makeDirectory(at(path), { recursive, mode })),
  writeFile: (fs, _, { flag, length, mode, path }, at) =>
    fs.writeFileString(at(path), "x".repeat(length), { flag: flag.startsWith("r") ? "w" : flag, mode }),
  open: (fs, _, { flag, length, mode, path }, at) =>
    Effect.scoped(Effect.gen(function* () {
      const file = yield* fs.open(at(path), { flag, mode })
      const written = yield* Effect.either(file.write(new Uint8Array(length).fill(121)))
      yield* file.seek(1, "start")
      const read = yield* Effect.either(file.readAlloc(4))
      const cut = yield* Effect.either(file.truncate(2))
      const after = infoOf(yield* file.stat)
      yield* file.sync
      return [written, read, cut].map((each) => each._tag === "Left" ? describe(each.left) : toPlain(each.right))
        .concat([after])
    })),
  readFile: (fs, _, { path }, at) => fs.readFileString(at(path)),
  remove: (fs, _, { force, path, recursive }, at) => fs.remove(at(path), { recursive, force }),
  rename: (fs, _, { other, path }, at) => fs.rename(at(path), at(other)),
  symlink: (fs, _, { other, path }, at) => fs.symlink(other.replaceAll("..", "."), at(path)),
  symlinkAbsolute: (fs, _, { other, path }, at) => fs.symlink(at(other.replaceAll("..", ".")), at(path)),
  link: (fs, _, { other, path }, at) => fs.link(at(path), at(other)),
  readLink: (fs, _, { path }, at) => fs.readLink(at(path)),
  realPath: (fs, _, { path }, at) => fs.realPath(at(path)),
  stat: (fs, _, { path }, at) => Effect.map(fs.stat(at(path)), infoOf),
  access: (fs, _, { path }, at) => fs.access(at(path), { readable: true, writable: true }),
  exists: (fs, _, { path }, at) => fs.exists(at(path)),
  chmod: (fs, _, { mode, path }, at) => fs.chmod(at(path), mode),
  truncate: (fs, _, { length, path }, at) => fs.truncate(at(path), length),
  readDirectory: (fs, _, { path, recursive }, at) =>
    Effect.map(fs.readDirectory(at(path), { recursive }), (names) => names.sort()),
  copyFile: (fs, _, { other, path }, at) => fs.copyFile(at(path), at(other)),
  inspect: (_, disk, { path }, at) =>
    Effect.map(
      disk.inspect(at(path)),
      Option.map(({ kind, mode, size, uid }) => ({
        kind,
        mode,
        uid,
        ...(kind === "Directory" ? {} : { size })
      }))
    ),
  entries: (_, disk, { path }, at) =>
    Effect.map(disk.entries(at(path)), (all) => [...all].sort((a, b) => a.name < b.name ? -1 : 1)),
  scanOne: (_, disk, { path }, at) => Effect.map(disk.scanOne(at(path), request), shorten),
  scan: (_, disk, { path }, at) =>
    disk.scan(at("."), [path, "a"], request, (name, scanned) => ({ name, scanned: shorten(scanned) })),
  removeEmpty: (_, disk, { path }, at) => disk.removeEmpty(at(path)),
  sync: (_, disk, { path }, at) => disk.sync(at(path))
} satisfies Record<string, Run>

/** The reason is in words of the system's own. */
const shorten = ({ marker, text }: Disk.Scanned) => ({ marker, text: text._tag === "Unreadable" ? text._tag : text })

const toPlain = (value: unknown): unknown =>
  Option.isOption(value) ? Option.map(value, (read) => Array.from(read as Uint8Array)) : value

// `Object.keys` knows no more than that they are strings.
const everyMethod = Object.keys(methods) as ReadonlyArray<keyof typeof methods>

const often = [
  "makeDirectory",
  "makeDirectory",
  "makeDirectory",
  "writeFile",
  "writeFile",
  "rename",
  "rename",
  "rename"
] as const
