/**
 * A world in memory whose checkpoints are kept in folders, by the store that the real worlds have: what is asked of the
 * disk, and of the runtime, is noted.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Checkpoints, ContainerStore, EventLog, Runtime } from "stasis"
import * as Memory from "stasis/Memory"
import type { CheckpointStore } from "../../../src/effects/CheckpointStore.ts"
import { Disk } from "../../../src/effects/Disk.ts"
import { lettingGo } from "../../effects/world.ts"
import * as CheckpointFolder from "../../../src/layers/shared/CheckpointFolder.ts"
import * as ImageFolders from "../../../src/layers/shared/ImageFolders.ts"

/** What a test is given: the control over the world, and the calls so far, as `sync /path` or `pause`. */
export interface Folders {
  readonly control: typeof Memory.MemoryControl.Service
  readonly calls: Array<string>
}

type Services =
  | Checkpoints.Checkpoints
  | ContainerStore.ContainerStore
  | Runtime.Runtime
  | EventLog.EventLog
  | CheckpointStore
  | Scope.Scope

/** The stasis root of the world. */
export const root = "/var/lib/stasis"

/** The checkpoint directory of the container `web`, and what stands beside it. */
export const directory = `${root}/memory/web/checkpoints`
export const annex = `${root}/memory/web/.checkpoints.stasis`

/** Where the attempts on `web` are staged. */
export const staging = (beside = annex) => `${beside}/staging/memory%3aweb`

/** Runs a test in a new world with two containers, `web` and `db`. */
export const inFolders = <A, E>(
  test: (folders: Folders) => Effect.Effect<A, E, Services>,
  change: (runtime: typeof Runtime.Runtime.Service) => Partial<typeof Runtime.Runtime.Service> = () => ({})
) =>
() =>
  Effect.gen(function* () {
    const containers = [{ id: "web", count: 7, labels: { team: "a" } }, { id: "db" }]
    const world = yield* Memory.make({ containers, store: "folder" })
    const calls: Array<string> = []
    const { disk, fileSystem } = world.control
    const note = <P extends ReadonlyArray<unknown>, R>(name: string, call: (...args: P) => R) => (...args: P): R => {
      calls.push(typeof args[0] === "string" ? `${name} ${args[0]}` : name)
      return call(...args)
    }
    const host = Context.make(FileSystem.FileSystem, fileSystem).pipe(
      Context.add(Disk, {
        ...disk,
        inspect: note("inspect", disk.inspect),
        entries: note("entries", disk.entries),
        scanOne: note("scanOne", disk.scanOne),
        scan: (path, ...rest) => {
          calls.push(`scan ${path}`)
          return disk.scan(path, ...rest)
        },
        sync: note("sync", disk.sync)
      })
    )
    const { runtime } = world
    const ports = Layer.mergeAll(
      Layer.succeed(ContainerStore.ContainerStore, world.containers),
      Layer.succeed(Runtime.Runtime, {
        ...runtime,
        pause: note("pause", runtime.pause),
        checkpoint: note("checkpoint", runtime.checkpoint),
        ...change(runtime)
      }),
      Layer.succeed(EventLog.EventLog, world.eventLog),
      Layer.provide(
        Layer.merge(CheckpointFolder.layer({ root, scope: "memory" }), ImageFolders.layer),
        Layer.succeedContext(host)
      )
    )
    const { control } = world
    yield* Effect.provide(lettingGo(control, test({ control, calls })), Layer.provideMerge(Checkpoints.layer, ports))
  }).pipe(Effect.scoped)

/** Every path below a folder, with its permission bits; links are not followed. */
export const modesBelow = (
  control: Folders["control"],
  path: string
): Effect.Effect<ReadonlyArray<readonly [string, number]>> =>
  Effect.gen(function* () {
    const entries = yield* control.disk.entries(path)
    const found = yield* Effect.forEach(entries, ({ kind, name }) =>
      Effect.gen(function* () {
        const info = yield* control.disk.inspect(`${path}/${name}`)
        const own = [`${path}/${name}`, info._tag === "Some" ? info.value.mode & 0o777 : 0] as const
        return kind === "Directory" ? [own, ...(yield* modesBelow(control, own[0]))] : [own]
      }))
    return found.flat()
  }).pipe(Effect.orDie)
