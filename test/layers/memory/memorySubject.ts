/** Containers in memory for the contract suites. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { CheckpointStore } from "stasis"
import * as Memory from "stasis/Memory"
import type { Bench } from "../../contracts/checkpointStore.ts"
import type { Harness, Subject } from "../../contracts/Subject.ts"

/** A container in memory, with the control over its world. */
export interface MemorySubject extends Subject {
  readonly layer: ReturnType<typeof Memory.layerOf>
  readonly world: Memory.MemoryWorld
}

/** How to make them. */
export const harness = (
  config: Memory.MemoryConfig = {}
): Harness & { readonly make: Effect.Effect<MemorySubject> } => ({
  exact: true,
  make: Effect.map(Memory.make({ ...config, containers: [container, neighbour] }), subjectOf)
})

/** The same, with checkpoints that lie in folders of the in-memory file system. */
export const inFolders = (config: Memory.MemoryConfig = {}) => harness({ ...config, store: "folder" })

const container: Memory.MemoryContainer = { id: "counter-1", image: "busybox", labels: { a: "b" } }
const neighbour: Memory.MemoryContainer = { id: "other" }

const subjectOf = (world: Memory.MemoryWorld): MemorySubject => {
  const { id } = container
  const { control } = world
  const known = (count: number | undefined) =>
    count === undefined ? Effect.dieMessage(`there is no container ${id}`) : Effect.succeed(count)
  let folders = 0
  return {
    id,
    world,
    layer: Memory.layerOf(world),
    count: Effect.flatMap(control.count(id), known),
    advance: (by) => Effect.flatMap(control.advance(id, by), known),
    setPaused: (paused) => Effect.asVoid(control.setPaused(id, paused)),
    kill: Effect.asVoid(control.kill(id)),
    start: control.start(container),
    folder: Effect.suspend(() => {
      const path = `/folders/${++folders}`
      return Effect.as(Effect.orDie(control.fileSystem.makeDirectory(path, { recursive: true, mode: 0o700 })), path)
    }),
    files: (path) => Effect.orDie(world.images.names(path))
  }
}

/** A store of checkpoints in memory, as the contract of stores wants it. */
export const storeIn = (store: "map" | "folder"): Effect.Effect<Bench, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { images, ...world } = yield* Memory.make({ store })
    const context = yield* Layer.build(world.store)
    return {
      at: "",
      store: Context.get(context, CheckpointStore.CheckpointStore),
      dump: ({ imagePath }) =>
        Effect.orDie(Effect.zipRight(images.writePages(imagePath, frozen), images.writeInventory(imagePath, frozen)))
    }
  })

const frozen = { id: "web", labels: {}, identity: "of-web", count: 0, memory: 4096, files: [] }
