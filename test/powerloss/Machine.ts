/**
 * A machine that can lose its power: containers and a runtime in memory, on a volume that keeps what was synced.
 *
 * The runtime writes its images as CRIU does: a file after another, the inventory last, none of them synced.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Container } from "../../src/domain/Container.ts"
import { resolve } from "../../src/domain/Container.ts"
import { ContainerNotFound, RuntimeFailed } from "../../src/domain/CheckpointError.ts"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../src/effects/ContainerStore.ts"
import { EventLog } from "../../src/effects/EventLog.ts"
import { Runtime } from "../../src/effects/Runtime.ts"
import * as CheckpointFolder from "../../src/layers/shared/CheckpointFolder.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import type { Volume } from "./Volume.ts"

/** What the log of a volume is told besides its own changes. */
export type Note =
  /** The container, from here on. */
  | { readonly tag: "container"; readonly container: Container | undefined }
  /** Whole images of this memory are in the staging folder, and nowhere else in the world. */
  | { readonly tag: "one copy"; readonly memory: string }
  | { readonly tag: "creating" | "created" | "removing" | "removed"; readonly name: string }

/** The container at its first start. */
export const firstStart: Container = {
  id: "c0ffee",
  name: "web",
  state: "running",
  labels: {},
  identity: "bundle-1",
  process: { pid: 100, startTime: 1, bootId: "boot-1" }
}

/** The same container after the machine was started anew. */
export const secondStart: Container = { ...firstStart, process: { pid: 100, startTime: 1, bootId: "boot-2" } }

const files = ["core-1.img", "pages-1.img", "inventory.img"]

const image = (file: string, memory: string): string => `${file} of ${memory};`.repeat(20)

/** Whose memory a folder holds whole; `undefined` where it is not whole. */
export const wholeMemory = (volume: Volume<Note>, path: string): string | undefined => {
  const memory = /^inventory\.img of ([^;]*);/.exec(volume.text(`${path}/inventory.img`) ?? "")?.[1]
  return memory !== undefined && files.every((file) => volume.text(`${path}/${file}`) === image(file, memory))
    ? memory
    : undefined
}

/** Everything but the volume. */
export interface World {
  container: Container | undefined
  /** The dump fails after it has written its first image. */
  failing: boolean
  dumps: number
}

/** The stasis root on the volume. */
export const stasisRoot = "/var/lib/stasis"

/** The use cases on a volume. */
export const checkpoints = (
  volume: Volume<Note>,
  world: World,
  disk = volume.disk,
  fileSystem = volume.fileSystem
): Layer.Layer<Checkpoints.Checkpoints> => {
  const become = (container: Container | undefined) =>
    Effect.sync(() => {
      world.container = container
      volume.note({ tag: "container", container })
    })
  const change = (container: Container, state: Container["state"]) => become({ ...container, state })
  const runtime = Layer.succeed(Runtime, {
    name: "fake",
    stopsByItself: false,
    settle: () => Effect.void,
    capabilities: Effect.succeed({ runtime: "fake", findings: [], unsupported: {} }),
    checkOptions: () => Effect.void,
    survey: (_, depth) => Effect.succeed({ depth, processes: [], resources: [], unseen: [], bytes: 0 }),
    preDump: () => Effect.void,
    residentBytes: () => Effect.succeed(1),
    checkpoint: (container, { after, imagePath, workPath }) =>
      Effect.gen(function* () {
        const memory = `${container.id}/${world.dumps++}`
        yield* Effect.sync(() => volume.put(`${workPath}/dump.log`, "dumping"))
        for (const file of files) {
          if (world.failing && file !== files[0]) {
            return yield* new RuntimeFailed({
              operation: "checkpoint",
              container: container.id,
              runtime: "fake",
              reason: "FileLock",
              detail: "a lock"
            })
          }
          yield* Effect.sync(() => volume.put(`${imagePath}/${file}`, image(file, memory)))
        }
        yield* Effect.sync(() => volume.put(`${workPath}/stats-dump`, "statistics"))
        if (after === "paused") yield* change(container, "paused")
        if (after === "stopped") {
          yield* become(undefined)
          yield* Effect.sync(() => volume.note({ tag: "one copy", memory }))
        }
        return { files: [], warnings: [] }
      }),
    checkRestore: () => Effect.void,
    restore: (container, { after }) => change(container, after),
    pause: (container) => change(container, "paused"),
    resume: (container) => change(container, "running"),
    stop: () => become(undefined),
    lockedNetwork: () => Effect.succeedNone,
    unlockNetwork: () => Effect.void
  })
  const all = () => world.container === undefined ? [] : [world.container]
  const containers = Layer.succeed(ContainerStore, {
    list: Effect.sync(all),
    find: (reference) => Effect.suspend(() => resolve(reference, all())),
    get: (id) =>
      Effect.suspend(() =>
        world.container === undefined
          ? Effect.fail(new ContainerNotFound({ container: id }))
          : Effect.succeed(world.container)
      )
  })
  const events = Layer.succeed(EventLog, {
    append: () => Effect.void,
    history: () => Stream.empty,
    follow: () => Stream.empty
  })
  const store = Layer.merge(CheckpointFolder.layer({ root: stasisRoot, scope: "fake/run" }), ImageFolders.layer).pipe(
    Layer.provide(Layer.merge(fileSystem, disk))
  )
  return Checkpoints.layer.pipe(Layer.provide(Layer.mergeAll(runtime, containers, events, store)))
}
