/** Names for process trees: written where every process finds them, under the same lock as their checkpoints. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { CheckpointBusy, ContainerExists, ContainerNotFound } from "../../domain/CheckpointError.ts"
import { Disk } from "../../effects/Disk.ts"
import { type Command, Processes } from "../../effects/Processes.ts"
import * as Annex from "../shared/Annex.ts"
import { containerLockPath, worldPath } from "../shared/FolderLayout.ts"
import * as Process from "../shared/Process.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import { describe, nameOf, unnamed } from "./CriuContainerStore.ts"
import { unavailable } from "./CriuCall.ts"
import type { CriuSettings } from "./CriuSettings.ts"
import * as ProcessRegistry from "./ProcessRegistry.ts"
import * as ProcessTree from "./ProcessTree.ts"
import * as Registration from "./Registration.ts"
import * as Streams from "./Streams.ts"

/** The names below the stasis root. */
export const layer = (settings: CriuSettings): Layer.Layer<Processes, never, FileSystem.FileSystem | Disk> =>
  Layer.effect(
    Processes,
    Effect.gen(function* () {
      const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
      const provide = Effect.provide(context)
      return {
        track: (name, pid) => provide(track(settings, name, pid)),
        run: (name, command) => provide(run(settings, name, command)),
        untrack: (name) => provide(untrack(settings, name))
      }
    })
  )

const track = (settings: CriuSettings, input: string, pid: number) =>
  Effect.gen(function* () {
    const name = yield* Registration.parseName(input)
    return yield* holding(
      settings,
      name,
      Effect.gen(function* () {
        const process = ProcessTree.identify(pid)
        if (process === undefined) return yield* new ContainerNotFound({ container: Registration.idOf(pid) })
        const known = yield* nameOf(settings, process)
        if (Option.isSome(known) && known.value.id === name) return describe(known.value)
        if (Option.isSome(known)) {
          return yield* new ContainerExists({ container: known.value.id, pid, reason: "Tracked" })
        }
        return yield* register(settings, name, { ...unnamed(process), id: name })
      })
    )
  })

const run = (settings: CriuSettings, input: string, command: Command) =>
  Effect.gen(function* () {
    const name = yield* Registration.parseName(input)
    return yield* holding(
      settings,
      name,
      Effect.gen(function* () {
        yield* requireFree(settings, name)
        const home = ProcessRegistry.home(settings, name)
        const streams = { stdout: `${home}/stdout`, stderr: `${home}/stderr` }
        const open = yield* Streams.openFiles(streams)
        const container = yield* Effect.uninterruptible(Effect.gen(function* () {
          const pid = yield* Process.start({
            program: command.program,
            args: command.args ?? [],
            ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
            ...(command.env === undefined ? {} : { env: command.env }),
            streams: open
          }).pipe(Effect.mapError(unavailable))
          const process = ProcessTree.identify(pid)
          // It may have ended already: then it is known as that.
          const root = process ?? { pid, startTime: 0 }
          // One that nobody can name is not left running.
          return yield* Effect.tapError(
            register(settings, name, {
              version: 1,
              id: name,
              identity: Registration.identityOf(root),
              process: root,
              program: command.program,
              streams
            }),
            () => Effect.ignore(ProcessTree.kill(root, name))
          )
        }))
        return { container, ...streams }
      })
    )
  })

const untrack = (settings: CriuSettings, name: string) =>
  Effect.gen(function* () {
    if (Registration.parsePid(name) === undefined) yield* Registration.parseName(name)
    const known = yield* ProcessRegistry.read(settings, name)
    if (Option.isNone(known)) return yield* new ContainerNotFound({ container: name })
    yield* holding(settings, name, ProcessRegistry.remove(settings, name))
  })

/** Writes a registration; a name that had one before stands for the same container still. */
const register = (settings: CriuSettings, name: string, registration: Registration.Registration) =>
  Effect.gen(function* () {
    const before = yield* requireFree(settings, name)
    const written = Option.match(before, {
      onNone: () => registration,
      onSome: ({ identity }) => ({ ...registration, identity })
    })
    yield* ProcessRegistry.write(settings, written)
    return describe(written)
  })

/** What was known of a name whose processes have ended; fails while they live. */
const requireFree = (settings: CriuSettings, name: string) =>
  Effect.filterOrFail(
    ProcessRegistry.read(settings, name),
    (found) => Option.isNone(found) || !ProcessTree.lives(found.value.process),
    (found) =>
      new ContainerExists({
        container: name,
        pid: Option.match(found, { onNone: () => 0, onSome: ({ process }) => process.pid }),
        reason: "NameTaken"
      })
  )

/** Holds a name against every other operation on it, and the names against a second one for the same processes. */
const holding = <A, E, R>(settings: CriuSettings, name: string, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    yield* Annex.makePrivate(ProcessRegistry.home(settings, name))
    const names = `${worldPath(settings.folder)}/names.lock`
    yield* Effect.mapError(disk.lock(names, true), storageFailed("lock", names))
    const own = containerLockPath(settings.folder, name)
    const held = yield* Effect.mapError(disk.lock(own, false), storageFailed("lock", own))
    if (Option.isNone(held)) return yield* new CheckpointBusy({ container: name })
    return yield* effect
  }).pipe(Effect.scoped)
