// The `Disk` service on the disk of this machine.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { Disk } from "../../../src/effects/Disk.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"

let folder = ""
const at = (name: string) => NodePath.join(folder, name)

beforeAll(() => {
  folder = NodeFs.mkdtempSync(`${NodeOs.tmpdir()}/stasis-disk-`)
  NodeFs.mkdirSync(at("folder"))
  NodeFs.writeFileSync(at("file"), "four", { mode: 0o640 })
  NodeFs.symlinkSync("folder", at("link"))
  NodeFs.symlinkSync("nowhere", at("dangling"))
  spawnSync("mkfifo", [at("pipe")])
})

afterAll(() => NodeFs.rmSync(folder, { recursive: true, force: true }))

const on = <A, E>(use: (disk: (typeof Disk)["Service"]) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.scoped(Effect.flatMap(Disk, use)).pipe(Effect.provide(NodeDisk.layer))

const codeOf = (error: { readonly cause?: unknown }) => (error.cause as NodeJS.ErrnoException).code // Every cause is one.

describe("inspect", () => {
  it.effect.each([["file", "File"], ["folder", "Directory"], ["link", "SymbolicLink"], ["dangling", "SymbolicLink"], [
    "pipe",
    "Other"
  ]])(
    "says that %s is a %s",
    ([name, kind]) =>
      Effect.gen(function* () {
        const info = yield* on((disk) => disk.inspect(at(name ?? "")))
        expect(Option.getOrThrow(info).kind).toBe(kind)
      })
  )

  it.effect("tells size, mode and identity", () =>
    Effect.gen(function* () {
      const info = Option.getOrThrow(yield* on((disk) => disk.inspect(at("file"))))
      const real = NodeFs.statSync(at("file"))
      expect(info).toMatchObject({
        size: 4,
        mode: 0o640,
        inode: real.ino,
        device: real.dev,
        uid: real.uid,
        modified: real.mtimeMs
      })
    }))

  it.effect("gives none where nothing is, and fails below a file", () =>
    Effect.gen(function* () {
      expect(yield* on((disk) => disk.inspect(at("nothing")))).toEqual(Option.none())
      expect(codeOf(yield* Effect.flip(on((disk) => disk.inspect(at("file/x")))))).toBe("ENOTDIR")
    }))
})

describe("entries", () => {
  it.effect("gives each entry with its kind", () =>
    Effect.gen(function* () {
      const found = yield* on((disk) => disk.entries(folder))
      expect(new Map(found.map((one) => [one.name, one.kind]))).toEqual(
        new Map([["dangling", "SymbolicLink"], ["file", "File"], ["folder", "Directory"], ["link", "SymbolicLink"], [
          "pipe",
          "Other"
        ]])
      )
    }))

  it.effect.each([["link", "ELOOP"], ["file", "ENOTDIR"], ["nothing", "ENOENT"]])(
    "refuses %s with %s",
    ([name, code]) =>
      Effect.gen(function* () {
        expect(codeOf(yield* Effect.flip(on((disk) => disk.entries(at(name ?? "")))))).toBe(code)
      })
  )
})

describe("scan", () => {
  const request = { file: "config.json", marker: "inventory.img", maximumBytes: 100 }

  const make = (name: string, config: (path: string) => void) => {
    NodeFs.mkdirSync(at(`scan/${name}`), { recursive: true })
    config(at(`scan/${name}/config.json`))
  }

  beforeAll(() => {
    make("text", (path) => NodeFs.writeFileSync(path, "grün"))
    make("empty", (path) => NodeFs.writeFileSync(path, ""))
    make("absent", () => {})
    make("large", (path) => NodeFs.writeFileSync(path, "x".repeat(101)))
    make("fits", (path) => NodeFs.writeFileSync(path, "x".repeat(100)))
    make("folder", (path) => NodeFs.mkdirSync(path))
    make("linked", (path) => NodeFs.symlinkSync(at("file"), path))
    make("piped", (path) => spawnSync("mkfifo", [path]))
    NodeFs.writeFileSync(at("scan/text/inventory.img"), "")
    NodeFs.symlinkSync(at("file"), at("scan/linked/inventory.img"))
  })

  it.effect("reads each folder's file, bounded, and never through a link or a pipe", () =>
    Effect.gen(function* () {
      const names = ["text", "empty", "absent", "large", "fits", "folder", "linked", "piped", "vanished"]
      const found = yield* on((disk) =>
        disk.scan(at("scan"), names, request, (name, scanned) => ({ name, ...scanned }))
      )
      expect(found.map((one) => one.name)).toEqual(names)
      expect(new Map(found.map((one) => [one.name, one.text]))).toEqual(
        new Map<string, unknown>([
          ["text", { _tag: "Text", text: "grün" }],
          ["empty", { _tag: "Text", text: "" }],
          ["absent", { _tag: "Absent" }],
          ["large", { _tag: "Unreadable", reason: "config.json is 101 bytes long and at most 100 are read" }],
          ["fits", { _tag: "Text", text: "x".repeat(100) }],
          ["folder", { _tag: "Unreadable", reason: "config.json is not a plain file" }],
          ["linked", { _tag: "Unreadable", reason: "config.json is a symbolic link" }],
          ["piped", { _tag: "Unreadable", reason: "config.json is not a plain file" }],
          ["vanished", { _tag: "Absent" }]
        ])
      )
      expect(found.filter((one) => one.marker).map((one) => one.name)).toEqual(["text"])
    }))

  it.effect("leaves out what the reader leaves out, keeps the order, and takes no names at all", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 200 }, (_, index) => index % 2 === 0 ? "text" : "absent")
      const found = yield* on((disk) =>
        disk.scan(at("scan"), names, request, (name, { text }) => text._tag === "Text" ? name : undefined)
      )
      expect(found).toEqual(names.filter((name) => name === "text"))
      expect(yield* on((disk) => disk.scan(at("scan"), [], request, (name) => name))).toEqual([])
    }))

  it.effect("looks into one folder", () =>
    Effect.gen(function* () {
      expect(yield* on((disk) => disk.scanOne(at("scan/text"), request))).toEqual({
        text: { _tag: "Text", text: "grün" },
        marker: true
      })
      expect(yield* on((disk) => disk.scanOne(at("scan/vanished"), request))).toEqual({
        text: { _tag: "Absent" },
        marker: false
      })
    }))

  it.effect("leaves no descriptor open", () =>
    Effect.gen(function* () {
      const open = () => NodeFs.readdirSync("/proc/self/fd").length
      yield* on((disk) => disk.scan(at("scan"), ["text"], request, (name) => name))
      const before = open()
      const names = ["text", "large", "folder", "linked", "piped"]
      yield* on((disk) =>
        disk.scan(
          at("scan"),
          Array.from({ length: 100 }, (_, index) => names[index % 5] ?? ""),
          request,
          (name) => name
        )
      )
      yield* on((disk) => disk.sync(at("file")))
      expect(open()).toBe(before)
    }))
})

describe("sync, removeEmpty, freeBytes", () => {
  it.effect("syncs files and folders, and what is gone; not through a link", () =>
    Effect.gen(function* () {
      for (const name of ["file", "folder", "nothing"]) yield* on((disk) => disk.sync(at(name)))
      expect(codeOf(yield* Effect.flip(on((disk) => disk.sync(at("link")))))).toBe("ELOOP")
    }))

  it.effect("removes an empty folder, and no other", () =>
    Effect.gen(function* () {
      NodeFs.mkdirSync(at("full/empty"), { recursive: true })
      expect(codeOf(yield* Effect.flip(on((disk) => disk.removeEmpty(at("full")))))).toBe("ENOTEMPTY")
      yield* on((disk) => disk.removeEmpty(at("full/empty")))
      yield* on((disk) => disk.removeEmpty(at("full")))
      expect(NodeFs.existsSync(at("full"))).toBe(false)
    }))

  it.effect("leaves out the blocks that are kept for root", () =>
    Effect.gen(function* () {
      const info = NodeFs.statfsSync(folder)
      const free = yield* on((disk) => disk.freeBytes(folder))
      // Others write meanwhile; the reserved blocks are much more than that.
      expect(Math.abs(free - info.bavail * info.bsize)).toBeLessThan(2 ** 30)
    }))
})

describe("lock", () => {
  it.effect("is held by one at a time, in this process too, and is free once the scope has closed", () =>
    Effect.gen(function* () {
      const path = at("lock")
      const scope = yield* Scope.make()
      const lease = yield* on((disk) => Scope.extend(disk.lock(path, true), scope))
      expect(Option.getOrThrow(lease).descriptors.length).toBe(1)
      expect(NodeFs.statSync(path).mode & 0o777).toBe(0o600)
      expect(yield* on((disk) => disk.lock(path, false))).toEqual(Option.none())
      yield* Scope.close(scope, Exit.void)
      expect(Option.isSome(yield* on((disk) => disk.lock(path, false)))).toBe(true)
    }))

  it.live("waits, and the wait can be interrupted and leaves nothing", () =>
    Effect.gen(function* () {
      const path = at("waited")
      const scope = yield* Scope.make()
      yield* on((disk) => Scope.extend(disk.lock(path, true), scope))
      const waiting = yield* Effect.fork(on((disk) => disk.lock(path, true)))
      const interrupted = yield* Effect.fork(on((disk) => disk.lock(path, true)))
      yield* waiters(path, 2)
      // A key pressed at our terminal ends neither of them.
      for (const pid of flocksOn(path)) expect(sessionOf(pid)).toBe(pid)
      expect(Exit.isInterrupted(yield* Fiber.interrupt(interrupted))).toBe(true)
      expect(flocksOn(path)).toHaveLength(1)
      yield* Scope.close(scope, Exit.void)
      expect(Option.isSome(yield* Fiber.join(waiting))).toBe(true)
    }))

  it.effect("outlives the scope with a child that inherited it, and ends with that child", () =>
    Effect.gen(function* () {
      const path = at("inherited")
      const scope = yield* Scope.make()
      const lease = Option.getOrThrow(yield* on((disk) => Scope.extend(disk.lock(path, true), scope)))
      const child = spawn("cat", [], { stdio: ["pipe", "ignore", "ignore", ...lease.descriptors] })
      yield* Scope.close(scope, Exit.void)
      expect(yield* on((disk) => disk.lock(path, false))).toEqual(Option.none())
      child.stdin?.end()
      yield* Effect.promise(() => once(child, "exit"))
      expect(Option.isSome(yield* on((disk) => disk.lock(path, false)))).toBe(true)
    }))

  it.live("is taken on the file that is there, when its last holder has deleted it", () =>
    Effect.gen(function* () {
      const path = at("deleted")
      const scope = yield* Scope.make()
      yield* on((disk) => Scope.extend(disk.lock(path, true), scope))
      const second = yield* Scope.make()
      const waiting = yield* Effect.fork(on((disk) => Scope.extend(disk.lock(path, true), second)))
      yield* waiters(path, 1)
      NodeFs.rmSync(path)
      yield* Scope.close(scope, Exit.void)
      expect(Option.isSome(yield* Fiber.join(waiting))).toBe(true)
      expect(NodeFs.existsSync(path)).toBe(true)
      expect(yield* on((disk) => disk.lock(path, false))).toEqual(Option.none())
      yield* Scope.close(second, Exit.void)
    }))

  it.effect("refuses a link, a missing folder, and says what to install without the program", () =>
    Effect.gen(function* () {
      const through = yield* Effect.fork(Effect.flip(on((disk) => disk.lock(at("dangling"), true))))
      yield* Effect.repeat(Effect.zipRight(turn, Fiber.poll(through)), {
        until: (ended) => Option.isSome(ended) || NodeFs.existsSync(at("nowhere"))
      })
      expect(NodeFs.existsSync(at("nowhere"))).toBe(false)
      expect(codeOf(yield* Fiber.join(through))).toBe("ELOOP")
      expect(codeOf(yield* Effect.flip(on((disk) => disk.lock(at("none/lock"), true))))).toBe("ENOENT")
      const path = process.env["PATH"]
      process.env["PATH"] = at("folder")
      const error = yield* Effect.flip(on((disk) => disk.lock(at("lock"), true))).pipe(
        Effect.ensuring(Effect.sync(() => {
          process.env["PATH"] = path
        }))
      )
      expect(error.message).toContain("the program flock is missing, install util-linux")
    }))
})

/** Waits until so many `flock` programs hold this file open. */
const waiters = (path: string, count: number) => Effect.repeat(turn, { until: () => flocksOn(path).length === count })

/** One turn of the event loop. */
const turn = Effect.promise(() => new Promise((resume) => setImmediate(resume)))

/** The session of a process: field 6, behind the name in parentheses. */
const sessionOf = (pid: string) => NodeFs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3]

/** The `flock` programs that hold this file open. */
const flocksOn = (path: string): ReadonlyArray<string> => {
  const real = NodeFs.existsSync(path) ? NodeFs.realpathSync(path) : path
  return NodeFs.readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && NodeFs.readFileSync(`/proc/${pid}/comm`, "utf8") === "flock\n" &&
        NodeFs.readlinkSync(`/proc/${pid}/fd/3`) === real
    } catch {
      return false
    }
  })
}
