/**
 * The in-memory world: every service of stasis without a kernel, for tests and for trying things out.
 *
 * This file is the door, `stasis/Memory`. A program that runs on real containers runs on this one by a change of its
 * layer alone.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const control = yield* Memory.MemoryControl
 *   yield* control.advance("counter", 41)
 *   yield* Checkpoints.create("counter", "before")
 *   yield* Checkpoints.restore("counter", "before")
 *   return yield* control.advance("counter")
 * })
 *
 * const layer = Memory.layerTest({ containers: [{ id: "counter" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // 42
 * ```
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Checkpoints } from "../../effects/Checkpoints.ts"
import type { ContainerStore } from "../../effects/ContainerStore.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { EventLog } from "../../effects/EventLog.ts"
import type { Images } from "../../effects/Images.ts"
import type { Runtime } from "../../effects/Runtime.ts"
import { Faults } from "./Faults.ts"
import * as MemoryFileSystem from "./MemoryFileSystem.ts"
import { MemoryVolume } from "./MemoryVolume.ts"
import * as World from "./MemoryWorld.ts"

export * as Arbitraries from "./Arbitraries.ts"
export type { FaultOptions, Faults, Hang, Operation, OperationError } from "./Faults.ts"
export type { MemoryContainer } from "./MemoryContainers.ts"
export { type MemoryConfig, MemoryControl, type MemoryWorld } from "./MemoryWorld.ts"

/** What every world gives. */
type Services = Checkpoints | ContainerStore | Runtime | EventLog | Images

/** The services of a new world. */
export const layer = (config: World.MemoryConfig = {}): Layer.Layer<Services> =>
  Layer.unwrapEffect(Effect.map(World.make(config), World.layer))

/**
 * The services of a new world that is described by `Config`.
 *
 * @example
 * ```ts
 * import * as Memory from "stasis/Memory"
 * import * as Config from "effect/Config"
 *
 * const layer = Memory.layerConfig({ stasisRoot: Config.string("STASIS_ROOT") })
 * ```
 */
export const layerConfig = (config: Config.Config.Wrap<World.MemoryConfig>): Layer.Layer<Services, ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(config), layer))

/** The services of a new world, and the control over it: its containers, its faults, its loss of power. */
export const layerTest = (config: World.MemoryConfig = {}): Layer.Layer<Services | World.MemoryControl> =>
  Layer.unwrapEffect(Effect.map(World.make(config), layerOf))

/** A world that several layers can be made of: each is what another process, or one started again, would be. */
export const make: (config?: World.MemoryConfig) => Effect.Effect<World.MemoryWorld> = World.make

/** The services of an existing world, and the control over it. */
export const layerOf = (world: World.MemoryWorld): Layer.Layer<Services | World.MemoryControl> =>
  Layer.merge(World.layer(world), Layer.succeed(World.MemoryControl, world.control))

/** A file system of its own in memory, as strict as Linux: no other layer of this module gives one. */
export const fileSystem: Layer.Layer<FileSystem.FileSystem> = Layer.sync(FileSystem.FileSystem, () => {
  const volume = new MemoryVolume()
  return MemoryFileSystem.make(volume, new Faults(volume))
})

/** The same, with the `Disk` beside it that a store of checkpoints needs. */
export const storage: Layer.Layer<FileSystem.FileSystem | Disk> = Layer.unwrapEffect(
  Effect.map(World.make(), (world) => Layer.succeedContext(World.storage(world)))
)
