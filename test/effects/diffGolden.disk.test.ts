import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Difference } from "../../src/domain/difference/Difference.ts"
import { diffImages } from "../../src/effects/diffCheckpoints.ts"
import { Images } from "../../src/effects/Images.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname

const diff = (before: string, after: string) =>
  Effect.gen(function* () {
    const images = yield* Images
    const found = (name: string) =>
      Effect.map(images.open(golden(name)), (folder) => ({ folder, checkpoint: undefined }))
    return yield* diffImages(yield* found(before), yield* found(after), { pages: true })
  }).pipe(Effect.provide(Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))))

const processOf = ({ processes }: Difference, pid: number) => {
  const found = processes.find((process) => process.pid === pid)
  if (found === undefined) return expect.fail(`process ${pid} is not in the difference`)
  return found
}

/** The ranges of the areas of a process by what is in them, each page counted from the start of its area. */
const rangesIn = (difference: Difference, pid: number, kind: string, name?: string) =>
  processOf(difference, pid).areas.filter((area) => area.kind === kind && area.name === name).map(({ after, ranges }) =>
    (ranges ?? []).map(({ is, pages, start }) => [
      Number((BigInt(start) - BigInt(after?.start ?? 0)) / 4096n),
      pages,
      is
    ])
  )

// What changed between the two is written down in test/golden/README.md and web.c.
describe("the golden checkpoints", () => {
  it.effect("one worker is gone, and a guest is new", () =>
    Effect.gen(function* () {
      const found = yield* diff("web-1", "web-2")
      expect(found.problems).toEqual([])
      expect(found.isEqual).toBe(false)
      expect(found.processes.map(({ commandLine, fate, pid }) => [pid, fate, commandLine])).toEqual([
        [1, "changed", ["web", "master"]],
        [6, "changed", ["web", "worker", "1"]],
        [7, "went", ["web", "worker", "2"]],
        [8, "changed", ["web", "logger"]],
        [9, "changed", ["web", "client"]],
        [10, "changed", ["web", "debugger"]],
        [14, "appeared", ["web", "guest"]]
      ])
      // It is stopped in both, and does not take the signal that all were sent.
      expect(processOf(found, 10)).toMatchObject({
        changes: [{ field: "pending", before: [], after: ["SIGUSR1"] }],
        descriptors: [],
        areas: []
      })
      expect([found.mounts, found.namespaces, found.cgroups]).toEqual([[], [], []])
    }))

  it.effect("of the cache, the heaps, the board and the scores those pages differ that the program wrote", () =>
    Effect.gen(function* () {
      const found = yield* diff("web-1", "web-2")
      // The cache is three areas: its middle may only be read.
      expect(rangesIn(found, 6, "anonymous")).toEqual([
        [[20, 1, "different"], [21, 1, "onlyAfter"], [40, 1, "onlyBefore"]],
        [[200 - 192, 1, "different"]]
      ])
      for (const pid of [1, 6]) {
        expect(rangesIn(found, pid, "heap")).toEqual([[[1, 1, "different"], [9, 1, "onlyAfter"]]])
        const heap = processOf(found, pid).areas.find(({ kind }) => kind === "heap")
        expect([heap?.before?.bytes, heap?.after?.bytes]).toEqual([8 * 4096, 12 * 4096])
      }
      expect(rangesIn(found, 1, "shared", "memfd:/dev/zero")).toEqual([[[4, 1, "different"], [5, 1, "onlyAfter"]]])
      expect(rangesIn(found, 1, "shared", "memfd:scores")).toEqual([[[2, 1, "different"], [3, 1, "onlyAfter"]]])
      // Of what two processes shared, and of the segment, each page counts once.
      expect(found.memory.kinds.find(({ kind }) => kind === "shared")?.pages).toEqual({
        equal: 3,
        different: 2,
        onlyBefore: 0,
        onlyAfter: 2,
        unknown: 0
      })
    }))

  it.effect("files and connections were opened, closed and used", () =>
    Effect.gen(function* () {
      const found = yield* diff("web-1", "web-2")
      const descriptorsOf = (pid: number) =>
        processOf(found, pid).descriptors.map(({ changes, descriptor, fate, kind, name }) => ({
          at: `${descriptor} ${fate} ${kind} ${name.replace(/:\d{5}$/, ":PORT").replace(/:\d{5} /, ":PORT ")}`,
          changes: changes.map(({ after, before, field }) => `${field} ${String(before)} ${String(after)}`)
        }))
      expect(descriptorsOf(6)).toEqual(expect.arrayContaining([
        { at: "7 closed eventfd eventfd", changes: [] },
        { at: "3 changed inet tcp 127.0.0.1:8080 to 127.0.0.1:PORT", changes: ["receiveQueue 29 63"] }
      ]))
      expect(descriptorsOf(8)).toEqual(expect.arrayContaining([
        { at: "3 changed regular /var/log/web.log", changes: ["position 6 13"] },
        { at: "6 closed regular /tmp/upload", changes: [] },
        { at: "6 opened regular /var/log/web.2.log", changes: [] }
      ]))
      expect(descriptorsOf(9)).toEqual([
        { at: "5 closed inet tcp [::1]:PORT to [::1]:8080", changes: [] },
        { at: "5 opened inet udp 127.0.0.1:PORT to 127.0.0.1:10", changes: [] }
      ])
      expect(JSON.stringify(found)).not.toContain("golden-secret")
    }))

  it.effect("the one is equal to itself, and the other way round what came is what went", () =>
    Effect.gen(function* () {
      const same = yield* diff("web-1", "web-1")
      expect([same.isEqual, same.processes, same.memory.readBytes]).toEqual([true, [], 0])
      const [there, back] = [yield* diff("web-1", "web-2"), yield* diff("web-2", "web-1")]
      const { different, equal, onlyAfter, onlyBefore } = there.memory.pages
      expect(back.memory.pages).toEqual({ equal, different, onlyBefore: onlyAfter, onlyAfter: onlyBefore, unknown: 0 })
    }))
})
