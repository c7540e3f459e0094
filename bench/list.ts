/**
 * Listing: full records against a bare loop of `node:fs` callbacks that makes the same system calls and the same
 * validation, names against a bare `readdir`, and one container among a thousand. Needs no container.
 */
import * as NodeFs from "node:fs"
import { tmpdir } from "node:os"
import { monitorEventLoopDelay } from "node:perf_hooks"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { byName, type Checkpoint, fromEvidence } from "../src/domain/Checkpoint.ts"
import { type CheckpointConfig, print } from "../src/domain/CheckpointConfig.ts"
import type { CheckpointDirectory } from "../src/domain/CheckpointDirectory.ts"
import { isExisting } from "../src/domain/CheckpointName.ts"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Memory from "../src/layers/memory/Memory.ts"
import * as CheckpointFolder from "../src/layers/shared/CheckpointFolder.ts"
import * as ImageFolders from "../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../src/layers/shared/NodeDisk.ts"
import * as Figures from "./Figures.ts"
import { interleave, timed } from "./Interleaved.ts"
import * as Row from "./Row.ts"

const piece = "list"

/** Listing, in rows. */
export const list = (quick: boolean) =>
  Effect.gen(function* () {
    const rows: Array<Row.Row> = []
    const each = new Map<number, Each>()
    for (const count of [100, 1_000, 10_000]) {
      const pairs = quick ? 7 : count === 10_000 ? 15 : 41
      // Below, a name or two weigh less than asking for them.
      const bounded = count === 10_000
      const { bare, blocked, names, records } = yield* Effect.scoped(ofMany(count, pairs, quick ? 3 : 7))
      rows.push(
        Row.ofRatio(
          piece,
          `list ${count} checkpoints, full records`,
          { ours: records, bare: bare.records },
          bounded ? 1.2 : undefined
        ),
        Row.ofRatio(
          piece,
          `list ${count} checkpoints, names only`,
          { ours: names, bare: bare.names },
          bounded ? 1.5 : undefined
        ),
        Row.ofQuantity(
          piece,
          `longest block of the event loop, ${count} records`,
          blocked,
          "ms",
          { most: 10 },
          bare.blocked
        )
      )
      each.set(count, { ours: Figures.median(records) / count, bare: Figures.median(bare.records) / count })
    }
    rows.push(growth(each.get(1_000) ?? unknown, each.get(10_000) ?? unknown))
    rows.push(yield* Effect.scoped(oneAmongMany(quick ? 15 : 101)))
    return rows
  })

/** What one of so many costs, in milliseconds. */
interface Each {
  readonly ours: number
  readonly bare: number
}

const unknown: Each = { ours: Number.NaN, bare: Number.NaN }

/** By how much each costs more among ten times as many; the file system's own look-ups grow as well. */
const growth = (thousand: Each, tenThousand: Each): Row.Row => {
  const ours = tenThousand.ours / thousand.ours
  const bare = tenThousand.bare / thousand.bare
  return {
    piece,
    what: "growth: each of 10000 against each of 1000",
    ours: ours.toFixed(2),
    bare: bare.toFixed(2),
    ratio: (ours / bare).toFixed(2),
    spread: "",
    bound: "ratio ≤ 1.2",
    holds: ours / bare <= 1.2,
    figures: { ours, bare, ratio: ours / bare }
  }
}

const ofMany = (count: number, pairs: number, looks: number) =>
  Effect.gen(function* () {
    const root = yield* temporary
    const directory = `${root}/memory/counter/checkpoints`
    yield* Effect.sync(() => fill(directory, "counter", count))
    return yield* Effect.gen(function* () {
      const check = (found: { readonly length: number }) =>
        found.length === count ? Effect.void : Effect.dieMessage(`listed ${found.length} of ${count}`)
      const records = Effect.flatMap(Checkpoints.list("counter"), check)
      const names = Effect.flatMap(Checkpoints.names("counter"), check)
      const bareRecords = Effect.flatMap(bareList("counter", directory), check)
      const bareNames = Effect.flatMap(bareReaddir(directory), check)
      const full = yield* interleave(pairs, 3, { run: records }, { run: bareRecords })
      const short = yield* interleave(pairs * 3, 3, { run: names }, { run: bareNames })
      const blocks = yield* Effect.replicateEffect(loopBlocked(records), looks)
      const bareBlocks = yield* Effect.replicateEffect(loopBlocked(bareRecords), looks)
      return {
        records: full.ours,
        names: short.ours,
        bare: { records: full.bare, names: short.bare, blocked: bareBlocks },
        blocked: blocks
      }
    }).pipe(Effect.provide(worldOf(root, ["counter"])))
  })

/** The same ten checkpoints of one container, alone in its world and with 999 others. */
const oneAmongMany = (pairs: number) =>
  Effect.gen(function* () {
    const [root, alone] = [yield* temporary, yield* temporary]
    const ids = Array.from({ length: 1000 }, (_, index) => `container-${index}`)
    const chosen = "container-500"
    yield* Effect.sync(() => {
      for (const id of ids) fill(`${root}/memory/${id}/checkpoints`, id, 10)
      fill(`${alone}/memory/${chosen}/checkpoints`, chosen, 10)
    })
    const among = yield* Layer.build(worldOf(root, ids))
    const single = yield* Layer.build(worldOf(alone, [chosen]))
    // Many at once, for one is too quick to be timed.
    const twenty = Effect.replicateEffect(Checkpoints.list(chosen), 20, { discard: true })
    const both = yield* interleave(pairs, 5, { run: Effect.provide(twenty, among) }, {
      run: Effect.provide(twenty, single)
    })
    return Row.ofRatio(piece, "list one container among 1000, 20 times, against alone", both, 1.2)
  })

const temporary = Effect.acquireRelease(
  Effect.sync(() => NodeFs.mkdtempSync(`${tmpdir()}/stasis-bench-`)),
  (path) => Effect.sync(() => NodeFs.rmSync(path, { recursive: true }))
)

/** The store on the real disk, over containers in memory. */
const worldOf = (root: string, ids: ReadonlyArray<string>) =>
  Checkpoints.layer.pipe(
    Layer.provide(Layer.merge(CheckpointFolder.layer({ root, scope: "memory" }), ImageFolders.layer)),
    Layer.provide(Memory.layer({ containers: ids.map((id) => ({ id })) })),
    Layer.provide(Layer.merge(NodeFileSystem.layer, NodeDisk.layer))
  ) satisfies Layer.Layer<Checkpoints.Checkpoints, never, never>

const fill = (directory: string, container: string, count: number): void => {
  NodeFs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (let index = 0; index < count; index++) {
    const name = `before-upgrade-${String(index).padStart(6, "0")}`
    NodeFs.mkdirSync(`${directory}/${name}`, { mode: 0o700 })
    NodeFs.writeFileSync(`${directory}/${name}/config.json`, print(configOf(container, name)), { mode: 0o600 })
    NodeFs.writeFileSync(`${directory}/${name}/inventory.img`, "TVTVX", { mode: 0o600 })
  }
}

/** A record as a create with runc leaves it. */
const configOf = (container: string, name: string): CheckpointConfig => ({
  created: "2026-01-02T03:04:05.678Z",
  name,
  tcp: false,
  unixSockets: false,
  shell: false,
  exit: false,
  emptyNS: [],
  stasis: {
    version: 1,
    published: true,
    operation: "0123456789abcdef",
    container: {
      id: container,
      image: "registry.example/app:1.2",
      labels: { "com.example.role": "web", "com.example.owner": "nobody" },
      identity: "2026-01-02T03:04:00.000000001Z",
      process: { pid: 4242, startTime: 123_456_789, bootId: "3b1f8a3e-9a0c-4f43-8f6d-0a4c8f1f0f3a" },
      bundle: "/var/lib/containers/app"
    },
    runtime: { name: "runc", version: "1.1.15", criu: "4.2", kernel: "6.18.0" },
    options: { leaveRunning: true },
    paused: false,
    bytes: 16_777_216,
    milliseconds: 240,
    statistics: {
      freezingMicros: 101_234,
      frozenMicros: 151_234,
      memoryDumpMicros: 12_345,
      memoryWriteMicros: 9_876,
      pagesScanned: 8_192,
      pagesSkippedParent: 0,
      pagesWritten: 4_096
    },
    files: [{ path: "/var/log/app.log", size: 123_456, modified: 1_767_323_045_678 }]
  }
})

/** What a program without a library would write: the same calls, as many at a time, the same validation. */
const bareList = (container: string, directory: string) =>
  Effect.async<ReadonlyArray<Checkpoint>>((resume) => {
    NodeFs.readdir(directory, { withFileTypes: true }, (_, entries) => {
      const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
      const found: Array<Checkpoint> = []
      let next = 0
      let pending = names.length
      const take = (): void => {
        const name = names[next++]
        if (name === undefined) return
        bareRead(`${directory}/${name}`, (inventory, text) => {
          if (isExisting(name)) {
            // The directory is ours and absolute: nothing is gained by parsing it once for each name.
            const one = fromEvidence(container, directory as CheckpointDirectory, name, {
              inventory,
              config: { _tag: "Text", text }
            })
            if (one !== undefined) found.push(one)
          }
          pending -= 1
          if (pending === 0) resume(Effect.succeed(found.sort(byName)))
          else take()
        })
      }
      for (let lane = 0; lane < 16; lane++) take()
    })
  })

const flags = NodeFs.constants.O_RDONLY | NodeFs.constants.O_NOFOLLOW | NodeFs.constants.O_NONBLOCK

const bareRead = (folder: string, done: (inventory: boolean, text: string) => void): void => {
  NodeFs.lstat(`${folder}/inventory.img`, (_, marker) => {
    NodeFs.open(`${folder}/config.json`, flags, (_, descriptor) => {
      NodeFs.fstat(descriptor, (_, info) => {
        const buffer = Buffer.allocUnsafe(info.size)
        NodeFs.read(descriptor, buffer, 0, info.size, 0, () => {
          NodeFs.close(descriptor, () => done(marker.isFile(), buffer.toString("utf8")))
        })
      })
    })
  })
}

const bareReaddir = (directory: string) =>
  Effect.async<ReadonlyArray<unknown>>((resume) => {
    NodeFs.readdir(directory, { withFileTypes: true }, (_, entries) => resume(Effect.succeed(entries)))
  })

/** The longest time for which nothing else had a turn while the work was done, in milliseconds. */
const loopBlocked = <E, R>(work: Effect.Effect<unknown, E, R>): Effect.Effect<number, E, R> =>
  Effect.gen(function* () {
    const resolution = 1
    const delay = monitorEventLoopDelay({ resolution })
    yield* Effect.sleep(5 * resolution)
    delay.enable()
    yield* Effect.sleep(5 * resolution)
    delay.reset()
    yield* timed({ run: work })
    yield* Effect.sleep(5 * resolution)
    delay.disable()
    return delay.max / 1e6 - resolution
  })
