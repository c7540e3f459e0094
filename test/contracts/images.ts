/** What every `Images` keeps: a folder of images is found as it is, read within bounds, and never through a link. */
import { createHash } from "node:crypto"
import type * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type CheckpointError, Images } from "stasis"

/** Images, and what lies there to be found. */
export interface Bench {
  readonly images: typeof Images.Images.Service
  /** The file system that the images are read from, where it is one. */
  readonly fs: FileSystem.FileSystem
  /** An empty folder on it. */
  readonly at: string
  /** A checkpoint of a container in memory. */
  readonly first: string
  /** One in the same directory that builds on it. */
  readonly second: string
  /** Takes a checkpoint away. */
  readonly remove: (path: string) => Effect.Effect<void>
}

/** Runs the contract on images. */
export const suite = (name: string, make: Effect.Effect<Bench, never, Scope.Scope>): void => {
  const check = (promise: string, test: (bench: Bench) => Effect.Effect<unknown, unknown, Scope.Scope>) =>
    it.live(promise, () => Effect.scoped(Effect.flatMap(make, test)))

  describe(`Images: ${name}`, () => {
    check(
      "finds the plain files of a folder by name, with their lengths",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, at, { "b.img": "four", "inventory.img": "", "a.img": "a", "config.json": "{}" })
          yield* fs.makeDirectory(`${at}/deeper.img`)
          yield* fs.writeFileString(`${at}/deeper.img/c.img`, "c")
          yield* fs.symlink("b.img", `${at}/link.img`)
          const folder = yield* images.open(at)
          expect(folder.path).toBe(at)
          expect(folder.parent).toBeUndefined()
          expect(folder.files).toEqual([
            { name: "a.img", bytes: 1 },
            { name: "b.img", bytes: 4 },
            { name: "config.json", bytes: 2 },
            { name: "inventory.img", bytes: 0 }
          ])
        })
    )

    check("says of what is no folder of images why it is none", ({ at, fs, images }) =>
      Effect.gen(function* () {
        yield* put(fs, `${at}/whole`, { "inventory.img": "" })
        yield* put(fs, `${at}/bare`, { "pages-1.img": "" })
        yield* fs.makeDirectory(`${at}/odd/inventory.img`, { recursive: true })
        yield* put(fs, `${at}/linked`, {})
        yield* fs.symlink("../whole/inventory.img", `${at}/linked/inventory.img`)
        yield* fs.symlink("whole", `${at}/link`)
        for (
          const [one, reason] of [
            ["none", "there is no such folder"],
            ["none/deeper", "there is no such folder"],
            ["whole/inventory.img", "it is not a folder"],
            ["link", "it is a symbolic link"],
            ["bare", "there is no inventory.img in it"],
            ["odd", "there is no inventory.img in it"],
            ["linked", "there is no inventory.img in it"]
          ] as const
        ) {
          expect(yield* whyNone(images, `${at}/${one}`)).toEqual([`${at}/${one}`, reason])
        }
      }))

    check(
      "reads a file whole, and nothing that is not one of the folder's",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, `${at}/whole`, { "inventory.img": "", "a.img": "text" })
          yield* put(fs, at, { outside: "secret" })
          yield* fs.symlink("../outside", `${at}/whole/link`)
          const folder = yield* images.open(`${at}/whole`)
          expect(yield* folder.read("a.img")).toEqual(new TextEncoder().encode("text"))
          expect((yield* folder.read("inventory.img")).byteLength).toBe(0)
          for (const file of ["none.img", "link", "../outside", "", "."]) {
            for (const read of [folder.read(file), Effect.scoped(folder.open(file))]) {
              expect(yield* refused(read)).toEqual(["ImageUnreadable", `${at}/whole`, file, "it is not there"])
            }
          }
        })
    )

    check(
      "reads no file whole that is above the bound, but any piece of it",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          const bytes = Images.maximumImageBytes + 1
          yield* put(fs, at, { "inventory.img": "", "pages-1.img": "" })
          yield* fs.truncate(`${at}/pages-1.img`, bytes)
          const folder = yield* images.open(at)
          const [tag, path, file, reason] = yield* refused(folder.read("pages-1.img"))
          expect([tag, path, file]).toEqual(["ImageUnreadable", at, "pages-1.img"])
          expect(reason).toContain(String(bytes))
          const pages = yield* folder.open("pages-1.img")
          const into = new Uint8Array(4).fill(7)
          expect([pages.bytes, yield* pages.read(bytes - 2, into)]).toEqual([bytes, 2])
          expect([...into]).toEqual([0, 0, 7, 7])
          // At the bound it is read.
          yield* fs.truncate(`${at}/pages-1.img`, bytes - 1)
          expect((yield* (yield* images.open(at)).read("pages-1.img")).byteLength).toBe(bytes - 1)
        })
    )

    check("reads from a position on, as far as the file goes", ({ at, fs, images }) =>
      Effect.gen(function* () {
        yield* put(fs, at, { "inventory.img": "0123456789" })
        const file = yield* (yield* images.open(at)).open("inventory.img")
        for (
          const [position, length, text] of [
            [3, 4, "3456"],
            [0, 10, "0123456789"],
            [8, 4, "89"],
            [10, 4, ""],
            [
              99,
              4,
              ""
            ],
            [2, 0, ""],
            [0, 1, "0"]
          ] as const
        ) {
          const into = new Uint8Array(length)
          const count = yield* file.read(position, into)
          expect(new TextDecoder().decode(into.subarray(0, count))).toBe(text)
        }
      }))

    check(
      "opens files beside each other, and one twice, each with a place of its own",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, at, { "inventory.img": "0123456789", "a.img": "abcdefghij" })
          const folder = yield* images.open(at)
          const names = ["inventory.img", "a.img", "a.img"] as const
          const files = yield* Effect.forEach(names, (file) => folder.open(file), { concurrency: "unbounded" })
          const read = yield* Effect.forEach(
            files.flatMap((file) => [0, 5].map((position) => [file, position] as const)),
            ([file, position]) => {
              const into = new Uint8Array(5)
              return Effect.as(file.read(position, into), into)
            }
          )
          expect(read.map((bytes) => new TextDecoder().decode(bytes))).toEqual([
            "01234",
            "56789",
            "abcde",
            "fghij",
            "abcde",
            "fghij"
          ])
          const many = yield* Effect.forEach(
            Array.from({ length: 20 }),
            () => Effect.flatMap(images.open(at), (one) => one.read("a.img")),
            { concurrency: "unbounded" }
          )
          expect(new Set(many.map((bytes) => new TextDecoder().decode(bytes)))).toEqual(new Set(["abcdefghij"]))
        })
    )

    check(
      "finds the images that others build on, by a link as CRIU makes it",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          for (const one of ["first", "relative", "absolute", "lost", "plain"]) {
            yield* put(fs, `${at}/${one}`, { "inventory.img": one })
          }
          yield* fs.symlink("../first", `${at}/relative/parent`)
          yield* fs.symlink(`${at}/first`, `${at}/absolute/parent`)
          yield* fs.symlink("../gone", `${at}/lost/parent`)
          yield* fs.makeDirectory(`${at}/plain/parent`)
          for (const one of ["relative", "absolute"]) {
            const { parent } = yield* images.open(`${at}/${one}`)
            const folder = yield* images.open(parent ?? "")
            expect(new TextDecoder().decode(yield* folder.read("inventory.img"))).toBe("first")
          }
          const { parent } = yield* images.open(`${at}/lost`)
          expect((yield* whyNone(images, parent ?? ""))[1]).toBe("there is no such folder")
          expect((yield* images.open(`${at}/plain`)).parent).toBeUndefined()
        })
    )

    check(
      "tells when a file has gone or shrunk since, and goes on with one that is open",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, at, { "inventory.img": "0123456789", "a.img": "abc" })
          const folder = yield* images.open(at)
          const open = yield* folder.open("a.img")
          yield* fs.remove(`${at}/a.img`)
          yield* fs.truncate(`${at}/inventory.img`, 4)
          for (const read of [folder.read("a.img"), Effect.scoped(folder.open("a.img"))]) {
            expect((yield* refused(read))[0]).toBe("StorageFailed")
          }
          const into = new Uint8Array(3)
          expect([yield* open.read(0, into), new TextDecoder().decode(into)]).toEqual([3, "abc"])
          expect(new TextDecoder().decode(yield* folder.read("inventory.img"))).toBe("0123")
        })
    )

    check(
      "opens a folder that has lost its inventory.img for those who say so, and no other",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, `${at}/damaged`, { "a.img": "abc" })
          const folder = yield* images.openDamaged(`${at}/damaged`)
          expect(folder.files).toEqual([{ name: "a.img", bytes: 3 }])
          expect(new TextDecoder().decode(yield* folder.read("a.img"))).toBe("abc")
          for (const [path, reason] of [["none", "there is no such folder"], ["damaged/a.img", "it is not a folder"]]) {
            const error = yield* Effect.flip(images.openDamaged(`${at}/${path}`))
            expect(error._tag === "ImagesNotFound" && error.reason).toBe(reason)
          }
        })
    )

    check(
      "finds everything below a folder, and follows no link there",
      ({ at, fs, images }) =>
        Effect.gen(function* () {
          yield* put(fs, `${at}/whole`, { "inventory.img": "", "a.img": "abc" })
          yield* put(fs, `${at}/whole/b/c`, { "d.img": "text" })
          yield* fs.symlink("..", `${at}/whole/b/up`)
          const folder = yield* images.open(`${at}/whole`)
          expect(yield* folder.entries).toEqual([
            { path: "a.img", kind: "file", bytes: 3, target: "" },
            { path: "b/c/d.img", kind: "file", bytes: 4, target: "" },
            { path: "b/up", kind: "link", bytes: 0, target: ".." },
            { path: "inventory.img", kind: "file", bytes: 0, target: "" }
          ])
          for (const [path, text] of [["a.img", "abc"], ["b/c/d.img", "text"], ["inventory.img", ""]] as const) {
            expect(yield* folder.digest(path)).toBe(sha256(text))
            expect(yield* images.digest(text)).toBe(sha256(text))
          }
          expect((yield* Effect.flip(folder.digest("none")))._tag).toBe("StorageFailed")
        })
    )

    check(
      "keeps a file in a checkpoint, over one of its name, for every reader",
      ({ images, first, second }) =>
        Effect.gen(function* () {
          const before = yield* images.open(first)
          yield* before.keep("seal.json", "one", "full")
          yield* before.keep("seal.json", "another", "none")
          const after = yield* images.open(first)
          expect(after.files.filter(({ name: file }) => !before.files.some((one) => one.name === file))).toEqual([
            { name: "seal.json", bytes: 7 }
          ])
          expect(new TextDecoder().decode(yield* after.read("seal.json"))).toBe("another")
          expect(yield* after.digest("seal.json")).toBe(sha256("another"))
          expect((yield* images.open(second)).files.map((file) => file.name)).not.toContain("seal.json")
        })
    )

    check("finds a checkpoint, and the one that it builds on", ({ first, images, second }) =>
      Effect.gen(function* () {
        const [parent, child] = [yield* images.open(first), yield* images.open(second)]
        for (const { files } of [parent, child]) {
          const found = files.map((file) => file.name)
          expect(found).toEqual([...found].sort())
          expect(found).toEqual(expect.arrayContaining(["config.json", "core-1.img", "inventory.img", "pages-1.img"]))
        }
        for (const { bytes, name: file } of child.files) {
          expect((yield* child.read(file)).byteLength).toBe(bytes)
        }
        expect(parent.parent).toBeUndefined()
        const found = yield* images.open(child.parent ?? "")
        expect(found.files).toEqual(parent.files)
        const [pages, others] = [yield* parent.read("pages-1.img"), yield* child.read("pages-1.img")]
        expect(yield* found.read("pages-1.img")).toEqual(pages)
        expect(others).not.toEqual(pages)
        expect((yield* images.open(`${first}//./`)).files).toEqual(parent.files)
      }))

    check(
      "says of what lies above and in a checkpoint what it is",
      ({ first, images, second }) =>
        Effect.gen(function* () {
          for (
            const [path, reason] of [
              [first.replace(/\/[^/]*$/, ""), "there is no inventory.img in it"],
              [`${first}/inventory.img`, "it is not a folder"],
              [`${first}/none`, "there is no such folder"],
              [`${first}x`, "there is no such folder"],
              [`${second}/parent`, "it is a symbolic link"]
            ] as const
          ) {
            expect(yield* whyNone(images, path)).toEqual([path, reason])
          }
        })
    )

    check(
      "tells when a checkpoint has gone since, and goes on with what is open of it",
      ({ first, images, remove, second }) =>
        Effect.gen(function* () {
          const [kept, folder] = [yield* images.open(first), yield* images.open(second)]
          const open = yield* folder.open("pages-1.img")
          yield* remove(second)
          expect((yield* whyNone(images, second))[1]).toBe("there is no such folder")
          expect((yield* refused(folder.read("core-1.img")))[0]).toBe("StorageFailed")
          const into = new Uint8Array(1)
          expect([yield* open.read(0, into), new TextDecoder().decode(into)]).toEqual([1, "{"])
          expect((yield* kept.read("core-1.img")).byteLength).toBeGreaterThan(0)
        })
    )
  })
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

const put = (fs: FileSystem.FileSystem, path: string, files: Readonly<Record<string, string>>) =>
  Effect.zipRight(
    fs.makeDirectory(path, { recursive: true }),
    Effect.forEach(Object.entries(files), ([file, text]) => fs.writeFileString(`${path}/${file}`, text))
  )

type OpenError = CheckpointError.ImagesNotFound | CheckpointError.StorageFailed

/** The path and the reason of a refusal to open. Single fields, for a comparison of whole errors may never end. */
const whyNone = (images: Bench["images"], path: string) =>
  Effect.map(
    Effect.flip(images.open(path)),
    (error: OpenError) => error._tag === "ImagesNotFound" ? [error.path, error.reason] : [error._tag]
  )

type ReadError = CheckpointError.ImageUnreadable | CheckpointError.StorageFailed

const refused = <R>(read: Effect.Effect<unknown, ReadError, R>) =>
  Effect.map(
    Effect.flip(read),
    (error) => error._tag === "ImageUnreadable" ? [error._tag, error.path, error.file, error.reason] : [error._tag]
  )
