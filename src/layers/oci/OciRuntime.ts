/** runc or crun as the {@link Runtime} of the use cases; each operation has a file of its own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Runtime } from "../../effects/Runtime.ts"
import * as ContainerSurvey from "../shared/ContainerSurvey.ts"
import { requireAble, tracksMemory } from "../shared/CriuCapabilities.ts"
import * as SpecNetwork from "../shared/SpecNetwork.ts"
import * as OciBundle from "./OciBundle.ts"
import { probe } from "./OciCapabilities.ts"
import { checkpoint } from "./OciCheckpoint.ts"
import * as OciCommand from "./OciCommand.ts"
import * as OciLifecycle from "./OciLifecycle.ts"
import { preDump } from "./OciPreDump.ts"
import { checkRestore, restore } from "./OciRestore.ts"
import type { OciSettings } from "./OciSettings.ts"

/** The runtime that the settings name. */
export const layer = (settings: OciSettings): Layer.Layer<Runtime, never, FileSystem.FileSystem> =>
  Layer.effect(
    Runtime,
    Effect.gen(function* () {
      const provide = Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem)
      const capabilities = yield* Effect.cached(probe(settings))
      return {
        name: settings.runtime,
        stopsByItself: false,
        capabilities,
        checkOptions: (_operation, options) =>
          Effect.gen(function* () {
            yield* OciCommand.check(settings.runtime, options)
            const programOf = (subject: string | undefined) => subject === "criu" ? settings.criu : settings.program
            yield* requireAble(yield* capabilities, options, programOf, (option) => ofKernel.includes(option))
          }),
        residentBytes: (container) =>
          Effect.map(
            OciLifecycle.current(settings, "inspect", container),
            ({ pid }) => ContainerSurvey.residentBytes(pid)
          ),
        settle: () => Effect.void,
        survey: (container, depth) =>
          Effect.flatMap(
            OciLifecycle.current(settings, "checkpoint", container),
            ({ bundle, cgroup, pid }) => ContainerSurvey.survey({ first: pid, cgroup, bundle }, depth)
          ),
        preDump: (container, request) => provide(Effect.uninterruptible(preDump(settings, container, request))),
        checkpoint: (container, request) =>
          provide(Effect.uninterruptible(Effect.flatMap(capabilities, (found) =>
            checkpoint(settings, container, request, tracksMemory(found))))),
        checkRestore: (container, subject) =>
          checkRestore(settings, container, subject),
        restore: (container, request) => provide(Effect.uninterruptible(restore(settings, container, request))),
        pause: (container, lease) => OciLifecycle.pause(settings, container, lease),
        resume: (container, lease) => OciLifecycle.resume(settings, container, lease),
        stop: (container, lease) => OciLifecycle.stop(settings, container, lease),
        lockedNetwork: (container, checkpoint) =>
          SpecNetwork.locked(container, checkpoint && { spec: OciBundle.keptSpec(checkpoint.path) }),
        unlockNetwork: (container, network) => SpecNetwork.unlock(settings.runtime, container, network)
      }
    })
  )

/** Options that this kernel may not have, whatever the runtime has. */
const ofKernel = ["preDump", "parentPath", "lazyPages"]
