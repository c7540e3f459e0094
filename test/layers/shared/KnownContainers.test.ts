// Which containers and directories checkpoints in folders tell of: the index of custom directories is only a hint.
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints, CheckpointStore } from "stasis"
import { directory, inFolders, root } from "./folders.ts"

const index = `${root}/memory/web/directories.json`
const running = { leaveRunning: true }
const everywhere = Effect.map(Checkpoints.list(), (all) => all.map((one) => one.path))

describe("the index of custom directories", () => {
  it.effect(
    "remembers each directory that was written to",
    inFolders(() =>
      Effect.gen(function* () {
        for (const checkpointDir of ["/b", "/a", "/b"]) {
          yield* Checkpoints.create("web", `in${(yield* everywhere).length}`, { ...running, checkpointDir })
        }
        expect(yield* everywhere).toEqual(["/b/in0", "/a/in1", "/b/in2"])
      })
    )
  )

  it.effect.each([
    "",
    "{",
    "7",
    '{"a":1}',
    "[7]",
    '["/gone"]',
    '["/file"]',
    '["/link"]',
    '["relative", "/a/../b", "/", "backup", "/backup/../backup"]'
  ])(
    "is passed over where it is wrong, and rebuilt by the next create (%s)",
    (text) =>
      inFolders(({ control }) =>
        Effect.gen(function* () {
          const fs = control.fileSystem
          yield* fs.writeFileString("/file", "")
          yield* fs.symlink("/backup", "/link")
          yield* Checkpoints.create("web", "own", running)
          yield* Checkpoints.create("web", "one", { ...running, checkpointDir: "/backup" })
          yield* fs.writeFileString(index, text)
          const list = Effect.map(Checkpoints.list(), (all) => all.map((one) => one.name))
          expect(yield* list).toEqual(["own"])
          expect((yield* Checkpoints.list("web", { checkpointDir: "/backup" })).map((one) => one.name)).toEqual(["one"])
          yield* fs.remove("/file")
          yield* Checkpoints.create("web", "two", { ...running, checkpointDir: "/backup" })
          expect(yield* list).toEqual(["one", "own", "two"])
        })
      )()
  )

  it.effect(
    "is rebuilt where it is missing",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "one", { ...running, checkpointDir: "/backup" })
        yield* control.fileSystem.remove(index)
        expect(yield* everywhere).toEqual([])
        yield* Checkpoints.create("web", "two", { ...running, checkpointDir: "/backup" })
        expect(yield* everywhere).toEqual(["/backup/one", "/backup/two"])
      })
    )
  )
})

describe("a container that its runtime has forgotten", () => {
  it.effect(
    "is the one that the newest of its own checkpoints records, whatever lies beside them",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const options = { ...running, checkpointDir: "/shared" }
        yield* Checkpoints.create("web", "of-web", options)
        yield* Checkpoints.create("db", "of-db", options)
        const config = `/shared/of-db/config.json`
        const text = yield* control.fileSystem.readFileString(config)
        yield* control.fileSystem.writeFileString(config, text.replace(/"created":"[^"]*"/, '"created":"9999"'))
        yield* control.kill("web")
        yield* control.kill("db")
        const store = yield* CheckpointStore.CheckpointStore
        expect((yield* store.containers).map((one) => one.id).sort()).toEqual(["db", "web"])
        expect((yield* Checkpoints.list("web", options)).map((one) => one.name)).toEqual(["of-web"])
      })
    )
  )

  it.effect(
    "costs what is kept of it, and nothing of others",
    inFolders(({ calls, control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("db", "of-db", running)
        yield* Checkpoints.create("web", "one", running)
        yield* Checkpoints.create("web", "two")
        yield* control.kill("db")
        calls.length = 0
        expect((yield* Checkpoints.list("web")).map((one) => one.name)).toEqual(["one", "two"])
        expect(calls.filter((call) => call.includes("/db") || call === `entries ${root}/memory`)).toEqual([])
      })
    )
  )
})

describe("a directory", () => {
  it.effect(
    "is the folder that an engine keeps for the container, where there is one",
    inFolders(() =>
      Effect.gen(function* () {
        const store = yield* CheckpointStore.CheckpointStore
        const container = { id: "we/../b", state: "running" as const, labels: {}, identity: "b" }
        expect(yield* store.directory({ ...container, root: "/var/lib/docker/b" }, undefined, false)).toBe(
          "/var/lib/docker/b/checkpoints"
        )
        expect(yield* store.directory(container, undefined, false)).toBe(
          `${root}/memory/we%2f..%2fb/checkpoints`
        )
      })
    )
  )

  it.effect(
    "may lie below one where each may only touch what is his own; one that may not be read is said to be so",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* control.fileSystem.makeDirectory("/sticky")
        yield* control.fileSystem.chmod("/sticky", 0o1777)
        const options = { ...running, checkpointDir: "/sticky/mine" }
        expect((yield* Checkpoints.create("web", "first", options)).checkpoint.path).toBe("/sticky/mine/first")
        yield* control.faults.failStorage("EACCES")
        expect(yield* Effect.flip(Checkpoints.list("web", options))).toMatchObject({
          _tag: "InvalidCheckpointDirectory",
          reason: "Unreadable"
        })
      })
    )
  )
})

describe("what only looks", () => {
  it.effect(
    "makes nothing, and get looks at one folder alone",
    inFolders(({ calls, control }) =>
      Effect.gen(function* () {
        yield* Effect.flip(Checkpoints.get("web", "first"))
        expect(yield* control.fileSystem.exists(root)).toBe(false)
        yield* Checkpoints.create("web", "first", running)
        yield* Checkpoints.create("web", "second", running)
        calls.length = 0
        yield* Checkpoints.get("web", "first")
        expect(calls).toEqual([`inspect ${directory}/first`, `scanOne ${directory}/first`])
      })
    )
  )

  it.effect(
    "gives no folder a name that no checkpoint can have",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        yield* Checkpoints.create("web", "first", running)
        for (const name of ["-x", ".hidden", "a", "a b", "ü1", "old."]) {
          yield* control.fileSystem.makeDirectory(`${directory}/${name}`)
          yield* control.fileSystem.writeFileString(`${directory}/${name}/inventory.img`, "x")
        }
        expect(yield* Checkpoints.names("web")).toEqual(["first", "old."])
        expect((yield* Checkpoints.list("web")).map((one) => one.name)).toEqual(["first", "old."])
      })
    )
  )
})

describe("a config.json of a newer version", () => {
  it.effect(
    "is shown as far as it reads, and not a byte of it changes, whatever is done",
    inFolders(({ control }) =>
      Effect.gen(function* () {
        const fs = control.fileSystem
        yield* Checkpoints.create("web", "first", running)
        const path = `${directory}/first/config.json`
        const newer = (yield* fs.readFileString(path)).replace('"version":1', '"version":9,"later":{"a":[1]}')
          .replace('"bytes":', '"bytes":"many","was":')
        yield* fs.writeFileString(path, newer)
        const [listed] = yield* Checkpoints.list("web")
        expect(listed).toMatchObject({ status: "complete", record: { version: 9, container: { id: "web" } } })
        expect(yield* Checkpoints.get("web", "first")).toEqual(listed)
        yield* Checkpoints.restore("web", "first", { replace: true })
        yield* Effect.flip(Checkpoints.create("web", "first", running))
        yield* Checkpoints.recover("web")
        yield* Checkpoints.create("web", "second", running)
        expect(yield* fs.readFileString(path)).toBe(newer)
      })
    )
  )
})
