/** CRIU itself as the {@link Runtime} of the use cases; each operation has a file of its own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk } from "../../effects/Disk.ts"
import { Runtime } from "../../effects/Runtime.ts"
import { requireAble, tracksMemory } from "../shared/CriuCapabilities.ts"
import * as Proc from "../shared/Proc.ts"
import * as ProcSurvey from "../shared/ProcSurvey.ts"
import { checkpoint, preDump } from "./CriuCheckpoint.ts"
import * as CriuConnections from "./CriuConnections.ts"
import * as CriuCall from "./CriuCall.ts"
import * as CriuCommand from "./CriuCommand.ts"
import * as CriuLifecycle from "./CriuLifecycle.ts"
import { probe } from "./CriuProbe.ts"
import { checkRestore, restore } from "./CriuRestore.ts"
import * as CriuRights from "./CriuRights.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"
import * as ProcessTree from "./ProcessTree.ts"

/** CRIU, as the settings name it. */
export const layer = (settings: CriuSettings): Layer.Layer<Runtime, never, FileSystem.FileSystem | Disk> =>
  Layer.effect(
    Runtime,
    Effect.gen(function* () {
      const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
      const provide = Effect.provide(context)
      const capabilities = yield* Effect.cached(probe(settings))
      return {
        name: runtimeName,
        stopsByItself: false,
        capabilities,
        checkOptions: (_operation, options) =>
          Effect.gen(function* () {
            yield* CriuCommand.check(options)
            yield* requireAble(yield* capabilities, options, () => settings.criu)
          }),
        residentBytes: (container) =>
          Effect.map(
            provide(CriuLifecycle.current(settings, "inspect", container)),
            ({ process }) => Proc.residentBytes(ProcessTree.pids(process))
          ),
        settle: () => Effect.void,
        survey: (container, depth) =>
          Effect.gen(function* () {
            const { process } = yield* provide(CriuLifecycle.current(settings, "checkpoint", container))
            const pids = ProcessTree.pids(process)
            const seen = yield* ProcSurvey.survey(pids, process.pid, depth, {
              ofMounts: CriuCall.placeOf(process.pid).beside !== undefined
            })
            return { ...seen, resources: [...seen.resources, ...CriuRights.missingAtRestore(pids)] }
          }),
        preDump: (container, request) => provide(Effect.uninterruptible(preDump(settings, container, request))),
        checkpoint: (container, request) =>
          provide(
            Effect.uninterruptible(
              Effect.flatMap(capabilities, (found) => checkpoint(settings, container, request, tracksMemory(found)))
            )
          ),
        checkRestore: (container, subject) => provide(checkRestore(container, subject)),
        restore: (container, request) => provide(Effect.uninterruptible(restore(settings, container, request))),
        pause: (container) => provide(CriuLifecycle.pause(settings, container)),
        resume: (container) => provide(CriuLifecycle.resume(settings, container)),
        stop: (container) => provide(CriuLifecycle.stop(settings, container)),
        lockedNetwork: (_container, checkpoint) => provide(CriuConnections.locked(checkpoint)),
        unlockNetwork: CriuConnections.unlock
      }
    })
  )
