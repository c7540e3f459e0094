// Every deletion, cut and change of any file of a sealed checkpoint is found; of one without a seal every deletion and every cut.
import * as NodeFs from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { make } from "../../src/domain/Checkpoint.ts"
import * as CheckpointDirectory from "../../src/domain/CheckpointDirectory.ts"
import { sealHeld } from "../../src/effects/sealCheckpoint.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"
import { images, verifyFolder } from "../images/verifyFolder.ts"

const golden = new URL("../golden/web-1", import.meta.url).pathname

const copied = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = NodeFs.mkdtempSync("/tmp/stasis-seal-")
    NodeFs.cpSync(golden, `${directory}/web-1`, { recursive: true })
    return directory
  }),
  (directory) => Effect.sync(() => NodeFs.rmSync(directory, { recursive: true }))
)

const seal = (directory: string, force = false) =>
  Effect.gen(function* () {
    const name = yield* CheckpointName.parse("web-1")
    const checkpoint = make("web", yield* CheckpointDirectory.parse(directory), name, undefined, undefined)
    return yield* sealHeld(checkpoint, { durability: "none", force })
  }).pipe(Effect.provide(images))

/** Does something to a file, verifies, and puts it back. */
const damaged = (path: string, damage: (file: string, bytes: Uint8Array) => void) =>
  Effect.gen(function* () {
    const bytes = NodeFs.readFileSync(path)
    damage(path, bytes)
    const found = yield* verifyFolder(path.slice(0, path.lastIndexOf("/")))
    NodeFs.writeFileSync(path, bytes)
    return found
  })

/** More than is read of an image. */
const tooLarge = 64 * 1024 * 1024 + 1

const remove = (file: string) => NodeFs.rmSync(file)
const cut = (count: (bytes: number) => number) => (file: string, bytes: Uint8Array) =>
  NodeFs.truncateSync(file, count(bytes.byteLength))
const flip = (at: (bytes: number) => number) => (file: string, bytes: Uint8Array) =>
  NodeFs.writeFileSync(file, bytes.map((byte, index) => index === at(bytes.byteLength) ? byte ^ 1 : byte))

describe("a sealed checkpoint", () => {
  it.scopedLive("is whole, and matches its seal, of which nobody else may read", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      const { bytes, files } = yield* seal(directory)
      expect(yield* verifyFolder(`${directory}/web-1`)).toMatchObject({
        verdict: "whole",
        seal: "matched",
        files: files + 1,
        problems: []
      })
      expect(bytes).toBeGreaterThan(300_000)
      expect(NodeFs.statSync(`${directory}/web-1/seal.json`).mode & 0o777).toBe(0o600)
      expect(NodeFs.readdirSync(`${directory}/web-1`).filter((name) => name.startsWith("."))).toEqual([])
    }))

  it.scopedLive("shows each deletion, cut and changed byte of any file", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      yield* seal(directory)
      const path = `${directory}/web-1`
      for (const name of NodeFs.readdirSync(path)) {
        for (
          const [what, damage] of [
            ...(name === "seal.json" ? [] : [["delete", remove]] as const),
            ["cut", cut((bytes) => bytes - 1)],
            ["first", flip(() => 0)],
            ["middle", flip((bytes) => bytes >> 1)],
            ["last", flip((bytes) => bytes - 1)]
          ] as const
        ) {
          const found = yield* damaged(`${path}/${name}`, damage)
          expect([name, what, found.verdict, found.problems.some(({ file }) => file === name)])
            .toEqual([name, what, "damaged", true])
          expect(found.seal).toBe(name === "seal.json" ? "unreadable" : "broken")
        }
      }
      expect(yield* verifyFolder(path)).toMatchObject({ verdict: "whole", seal: "matched" })
      NodeFs.writeFileSync(`${path}/core-99.img`, "x")
      expect((yield* verifyFolder(path)).problems).toContainEqual(
        expect.objectContaining({ file: "core-99.img" })
      )
    }), 120_000)

  it.scopedLive("is sealed anew as long as it matches, and otherwise only where that is asked for", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      const path = `${directory}/web-1`
      yield* seal(directory)
      expect(yield* seal(directory)).toMatchObject({ files: 82 })
      yield* Effect.sync(() =>
        flip((bytes) => bytes - 1)(`${path}/pages-4.img`, NodeFs.readFileSync(`${path}/pages-4.img`))
      )
      const refused = yield* Effect.either(seal(directory))
      expect(Either.isLeft(refused) && [refused.left._tag, refused.left.message]).toEqual([
        "SealRefused",
        'Cannot seal checkpoint "web-1" of container "web": it is not what was sealed, pages-4.img: its bytes are not those ' +
        `that were sealed; use option "force" to seal it as it is (in "${path}")`
      ])
      yield* seal(directory, true)
      expect(yield* verifyFolder(path)).toMatchObject({ verdict: "whole", seal: "matched" })
    }))

  it.scopedLive("of which a bit of the version has flipped is broken, and of no newer version", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      yield* seal(directory)
      const file = `${directory}/web-1/seal.json`
      NodeFs.writeFileSync(file, NodeFs.readFileSync(file, "utf8").replace('"version":1', '"version":3'))
      expect(yield* verifyFolder(`${directory}/web-1`)).toMatchObject({
        seal: "unreadable",
        sealReason: "it is not what was written",
        problems: [{ file: "seal.json", fault: "undecodable" }]
      })
    }))

  it.scopedLive.each<readonly [what: string, put: (file: string) => void]>([
    ["a symbolic link", (file) => NodeFs.symlinkSync("core-1.img", file)],
    ["a folder", (file) => {
      NodeFs.mkdirSync(file)
      NodeFs.writeFileSync(`${file}/seal.json`, "{}")
    }]
  ])("is nothing else than a file: not %s", ([what, put]) =>
    Effect.gen(function* () {
      const directory = yield* copied
      put(`${directory}/web-1/seal.json`)
      expect(yield* verifyFolder(`${directory}/web-1`)).toMatchObject({
        verdict: "damaged",
        seal: "unreadable",
        sealReason: `it is ${what}`
      })
    }))

  it.scopedLive("is never made of what is damaged", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      NodeFs.rmSync(`${directory}/web-1/core-7.img`)
      const refused = yield* Effect.either(seal(directory, true))
      expect(Either.isLeft(refused) && [refused.left._tag, refused.left.message]).toEqual([
        "SealRefused",
        expect.stringContaining(
          "it is damaged, core-7.img: it is called for by process 7, and is not there, and 1 more"
        )
      ])
      expect(NodeFs.existsSync(`${directory}/web-1/seal.json`)).toBe(false)
    }))

  it.scopedLive("is never made of what is too large to be examined", () =>
    Effect.gen(function* () {
      const directory = yield* copied
      NodeFs.truncateSync(`${directory}/web-1/pagemap-7.img`, tooLarge)
      const refused = yield* Effect.either(seal(directory))
      expect(Either.isLeft(refused) && [refused.left._tag, refused.left.message]).toEqual([
        "SealRefused",
        expect.stringContaining(`pagemap-7.img: it has ${tooLarge} bytes, which is too large to be examined`)
      ])
    }))
})

describe("a checkpoint without a seal", () => {
  it.scopedLive.each(["pagemap-7.img", "mm-7.img", "files.img"])(
    "is not whole where %s is too large to be read",
    (name) =>
      Effect.gen(function* () {
        const path = `${yield* copied}/web-1`
        NodeFs.rmSync(`${path}/config.json`)
        NodeFs.truncateSync(`${path}/${name}`, tooLarge)
        expect(yield* verifyFolder(path)).toMatchObject({
          verdict: "damaged",
          restore: "doubtful",
          problems: [{ file: name, detail: `it has ${tooLarge} bytes, which is too large to be examined` }]
        })
      })
  )

  it.scopedLive("may have any length of what it holds of files", () =>
    Effect.gen(function* () {
      const path = `${yield* copied}/web-1`
      NodeFs.rmSync(`${path}/config.json`)
      const [ghost = ""] = NodeFs.readdirSync(path).filter((name) => name.startsWith("ghost-file-"))
      NodeFs.truncateSync(`${path}/${ghost}`, tooLarge)
      expect(yield* verifyFolder(path)).toMatchObject({ verdict: "whole" })
    }))

  it.scopedLive("shows each deletion and each cut of an image", () =>
    Effect.gen(function* () {
      const path = `${yield* copied}/web-1`
      // Nothing of a restore is in the statistics, and what is not needed is not missed.
      const names = NodeFs.readdirSync(path).filter((name) => name.endsWith(".img"))
      for (const name of names) {
        for (
          const [what, damage] of [["delete", remove], ["cut", cut((bytes) => bytes - 1)], [
            "half",
            cut((n) => n >> 1)
          ]] as const
        ) {
          const found = yield* damaged(`${path}/${name}`, damage)
          expect([name, what, found.verdict]).toEqual([name, what, "damaged"])
        }
      }
    }), 120_000)
})
