/**
 * One in-memory world: its volume, its containers, its faults, and the services over them.
 *
 * A world outlives the layers that are made of it: a second layer over the same world is what a second process, or the
 * same one started again, would be.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { Container } from "../../domain/Container.ts"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import { CheckpointStore } from "../../effects/CheckpointStore.ts"
import { ContainerStore } from "../../effects/ContainerStore.ts"
import { Disk } from "../../effects/Disk.ts"
import { EventLog } from "../../effects/EventLog.ts"
import type { Images } from "../../effects/Images.ts"
import { Runtime } from "../../effects/Runtime.ts"
import * as CheckpointFolder from "../shared/CheckpointFolder.ts"
import * as ImageFolders from "../shared/ImageFolders.ts"
import { CheckpointMap } from "./CheckpointMap.ts"
import { Faults } from "./Faults.ts"
import * as FaultyCheckpointStore from "./FaultyCheckpointStore.ts"
import { ImageMap } from "./ImageMap.ts"
import * as MapImages from "./MapImages.ts"
import * as MemoryCheckpointStore from "./MemoryCheckpointStore.ts"
import { type ContainersOptions, type MemoryContainer, MemoryContainers } from "./MemoryContainers.ts"
import * as MemoryContainerStore from "./MemoryContainerStore.ts"
import * as MemoryDisk from "./MemoryDisk.ts"
import * as MemoryEventLog from "./MemoryEventLog.ts"
import * as MemoryFileSystem from "./MemoryFileSystem.ts"
import * as MemoryImages from "./MemoryImages.ts"
import * as MemoryRuntime from "./MemoryRuntime.ts"
import { MemoryVolume } from "./MemoryVolume.ts"
import { ShownCheckpoints } from "./ShownCheckpoints.ts"

/** What an in-memory world is made of. Everything may be left out. */
export interface MemoryConfig extends ContainersOptions, MemoryRuntime.RuntimeOptions {
  /** The containers that are there from the beginning. */
  readonly containers?: ReadonlyArray<MemoryContainer>
  /**
   * How checkpoints are kept: in a `map` (when absent), thousands a second; or by the store of the real worlds, in a `folder`
   * of the in-memory file system, for tests of what lies there.
   */
  readonly store?: "map" | "folder"
  /** Where on the in-memory volume checkpoints are kept, or would be; `/var/lib/stasis` when absent. */
  readonly stasisRoot?: string
  /** Bytes that fit on the volume; without bound when absent. */
  readonly capacity?: number
  /** How many events are kept; 10 000 when absent. */
  readonly eventCapacity?: number
}

/** What happens to a world from outside of the services. */
export class MemoryControl extends Context.Tag("stasis/MemoryControl")<MemoryControl, {
  /** Makes a container; one of its id that is there already is gone. */
  readonly add: (container: MemoryContainer) => Effect.Effect<void>
  /** Starts a container that was made before and is gone or stopped: the same one, which counts anew. */
  readonly start: (container: MemoryContainer) => Effect.Effect<void>
  /** Takes a container away, as if somebody had deleted it. */
  readonly remove: (id: string) => Effect.Effect<void>
  /** A container as it is now; `undefined` when its runtime does not know it. */
  readonly container: (id: string) => Effect.Effect<Container | undefined>
  /** What a container has counted; `undefined` when its runtime does not know it. */
  readonly count: (id: string) => Effect.Effect<number | undefined>
  /** Lets a running container count on, by one when nothing is said; gives its count. A paused one stands still. */
  readonly advance: (id: string, by?: number) => Effect.Effect<number | undefined>
  /** Pauses or resumes a container from outside; whether it was in the state for that. */
  readonly setPaused: (id: string, paused: boolean) => Effect.Effect<boolean>
  /** Kills a container from outside; whether it lived. */
  readonly kill: (id: string) => Effect.Effect<boolean>
  /** Whether a network namespace drops every packet, as a dump that stopped a container with `tcpEstablished` leaves it. */
  readonly isLocked: (network: string) => Effect.Effect<boolean>
  /** Fails, hangs and delays calls; fills the disk. */
  readonly faults: Faults
  /** The power fails: what was not synced is lost, and the containers with it. */
  readonly crash: Effect.Effect<void>
  /** The same, but of what was not synced some had reached the disk all the same, as `Random` decides. */
  readonly crashPartly: Effect.Effect<void>
  /** The file system that the world lives on. */
  readonly fileSystem: FileSystem.FileSystem
  /** What that file system lacks. */
  readonly disk: Context.Tag.Service<Disk>
}>() {}

/** One in-memory world. */
export interface MemoryWorld {
  readonly control: Context.Tag.Service<MemoryControl>
  readonly containers: Context.Tag.Service<ContainerStore>
  readonly runtime: Context.Tag.Service<Runtime>
  readonly eventLog: Context.Tag.Service<EventLog>
  readonly images: MemoryImages.MemoryImages
  /** Its checkpoint directories: each layer of a folder store is what another process would have. */
  readonly store: Layer.Layer<CheckpointStore>
  /** The images of its checkpoints, for reading. */
  readonly imageFolders: Layer.Layer<Images>
}

/** Makes a world. */
export const make = (config: MemoryConfig = {}): Effect.Effect<MemoryWorld> =>
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const volume = new MemoryVolume()
      volume.capacity = config.capacity ?? Number.POSITIVE_INFINITY
      const inMap = config.store !== "folder"
      const faults = new Faults(volume, inMap)
      const fileSystem = MemoryFileSystem.make(volume, faults)
      const disk = MemoryDisk.make(volume, faults)
      const containers = new MemoryContainers(config)
      const now = clock.unsafeCurrentTimeMillis()
      for (const container of config.containers ?? []) containers.add(now, container)
      // A file that a container holds open is there.
      for (const path of (config.containers ?? []).flatMap(({ files }) => files ?? [])) touch(volume, now, path)
      volume.device.syncAll(volume.root)
      const storage = storageOf(fileSystem, disk)
      const folders = { root: config.stasisRoot ?? "/var/lib/stasis", scope: "memory" }
      const map = new ImageMap(volume, faults)
      const shown = new ShownCheckpoints()
      const checkpoints = new CheckpointMap(map, shown)
      const store = inMap
        ? Layer.succeed(
          CheckpointStore,
          MemoryCheckpointStore.make({ checkpoints, config: folders, images: map, storage, volume })
        )
        : Layer.provide(CheckpointFolder.layer(folders), Layer.succeedContext(storage))
      const losePower = (survives: () => boolean) => {
        volume.losePower(survives)
        shown.volume.losePower(survives)
        map.takeSpace()
        checkpoints.losePower(survives)
        containers.losePower()
      }
      const images = inMap ? map : MemoryImages.inFiles(fileSystem)
      return {
        control: control({ volume, containers, faults, fileSystem, disk, losePower }),
        containers: MemoryContainerStore.make(containers, faults),
        runtime: MemoryRuntime.make(containers, fileSystem, images, faults, config),
        eventLog: MemoryEventLog.make(config.eventCapacity ?? 10_000, faults),
        images,
        store: Layer.map(store, (context) =>
          Context.make(CheckpointStore, FaultyCheckpointStore.make(Context.get(context, CheckpointStore), faults))),
        imageFolders: inMap
          ? MapImages.layer({
            checkpoints,
            shown: storageOf(MemoryFileSystem.make(shown.volume, faults), MemoryDisk.make(shown.volume, faults)),
            storage
          })
          : Layer.provide(ImageFolders.layer, Layer.succeedContext(storage))
      }
    })
  )

/** The services over a world. */
export const layer = (
  world: MemoryWorld
): Layer.Layer<Checkpoints.Checkpoints | ContainerStore | Runtime | EventLog | Images> =>
  Layer.provideMerge(Layer.provide(Checkpoints.layer, world.store), ports(world))

/** The file system of a world. */
export const storage = (world: MemoryWorld): Context.Context<FileSystem.FileSystem | Disk> =>
  storageOf(world.control.fileSystem, world.control.disk)

const storageOf = (
  fileSystem: FileSystem.FileSystem,
  disk: Context.Tag.Service<Disk>
): Context.Context<FileSystem.FileSystem | Disk> =>
  Context.make(FileSystem.FileSystem, fileSystem).pipe(Context.add(Disk, disk))

const ports = (world: MemoryWorld): Layer.Layer<ContainerStore | Runtime | EventLog | Images> =>
  Layer.merge(
    Layer.succeedContext(
      Context.make(ContainerStore, world.containers).pipe(
        Context.add(Runtime, world.runtime),
        Context.add(EventLog, world.eventLog)
      )
    ),
    world.imageFolders
  )

interface Parts {
  readonly volume: MemoryVolume
  readonly containers: MemoryContainers
  readonly faults: Faults
  readonly fileSystem: FileSystem.FileSystem
  readonly disk: Context.Tag.Service<Disk>
  readonly losePower: (survives: () => boolean) => void
}

const control = (
  { containers, disk, faults, fileSystem, losePower, volume }: Parts
): Context.Tag.Service<MemoryControl> => {
  const at = <A>(act: (now: number) => A): Effect.Effect<A> =>
    Effect.clockWith((clock) => Effect.sync(() => act(clock.unsafeCurrentTimeMillis())))
  return {
    add: (container) =>
      at((now) => {
        containers.add(now, container)
        for (const path of container.files ?? []) touch(volume, now, path)
      }),
    start: (container) => at((now) => containers.start(now, container)),
    remove: (id) => at(() => containers.remove(id)),
    container: (id) => at(() => containers.get(id)),
    count: (id) => at((now) => containers.memory(now, id)?.count),
    advance: (id, by = 1) => at((now) => containers.advance(now, id, by)),
    setPaused: (id, paused) => at((now) => containers.setPaused(now, id, paused)),
    kill: (id) => at((now) => containers.stop(now, id)),
    isLocked: (network) => at(() => containers.isLocked(network)),
    faults,
    crash: Effect.sync(() => losePower(() => false)),
    crashPartly: Effect.gen(function* () {
      const random = yield* Random.nextIntBetween(1, 0x7fffffff)
      yield* Effect.sync(() => losePower(coin(random)))
    }),
    fileSystem,
    disk
  }
}

/** Heads or tails from a seed, by xorshift. */
const coin = (seed: number) => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state & 1) === 1
  }
}

const touch = (volume: MemoryVolume, now: number, path: string): void => {
  volume.makeFolders(now, path.replace(/\/[^/]*$/, "") || "/", 0o755)
  const place = volume.place(path)
  if (place !== undefined) volume.makeFile(now, place, 0o644)
}
