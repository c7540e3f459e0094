/** containerd as the {@link Runtime} of the use cases; each operation has a file of its own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Runtime } from "../../effects/Runtime.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as ContainerSurvey from "../shared/ContainerSurvey.ts"
import * as CriuCapabilities from "../shared/CriuCapabilities.ts"
import * as SpecNetwork from "../shared/SpecNetwork.ts"
import * as ContainerdBundle from "./ContainerdBundle.ts"
import { probe } from "./ContainerdCapabilities.ts"
import { checkpoint } from "./ContainerdCheckpoint.ts"
import { checkRestore } from "./ContainerdCheckRestore.ts"
import * as ContainerdLifecycle from "./ContainerdLifecycle.ts"
import * as ContainerdOptions from "./ContainerdOptions.ts"
import { restore } from "./ContainerdRestore.ts"
import { runtimeName } from "./ContainerdSettings.ts"
import { settle } from "./ContainerdSettle.ts"
import { type Containerd, current, failed, patiently } from "./ContainerdTask.ts"

/** The runtime of one containerd and namespace. */
export const layer = (containerd: Containerd): Layer.Layer<Runtime, never, FileSystem.FileSystem> =>
  Layer.effect(
    Runtime,
    Effect.gen(function* () {
      const provide = Effect.provideService(FileSystem.FileSystem, yield* FileSystem.FileSystem)
      const { settings } = containerd
      const capabilities = probe(containerd, yield* Effect.cached(CriuCapabilities.probe(settings)))
      return {
        name: runtimeName,
        stopsByItself: false,
        capabilities,
        checkOptions: (_operation, options) =>
          Effect.gen(function* () {
            yield* ContainerdOptions.check(options)
            const programOf = (subject: string | undefined) => subject === "criu" ? settings.criu : settings.socket
            yield* CriuCapabilities.requireAble(yield* capabilities, options, programOf, () => false)
          }),
        residentBytes: (container) =>
          Effect.map(
            current(containerd, "inspect", container),
            ({ runc }) => ContainerSurvey.residentBytes(runc.pid)
          ),
        settle: (container) =>
          Effect.tap(settle(settings.namespace, container.id), () => {
            if (container.process !== undefined) Cgroup.bringBack(container.process.pid)
          }),
        survey: (container, depth) =>
          Effect.flatMap(
            current(containerd, "checkpoint", container),
            ({ runc: { bundle, cgroup, pid } }) => ContainerSurvey.survey({ first: pid, cgroup, bundle }, depth)
          ),
        // `checkOptions` refuses the option before.
        preDump: (container) =>
          failed("pre-dump", container.id, "Unsupported", ContainerdOptions.unsupported["preDump"] ?? ""),
        checkpoint: (container, request) => provide(Effect.uninterruptible(checkpoint(containerd, container, request))),
        checkRestore: (container, subject) => checkRestore(containerd, container, subject),
        restore: (container, request) => provide(Effect.uninterruptible(restore(containerd, container, request))),
        pause: (container) => ContainerdLifecycle.pause(containerd, container),
        resume: (container) => ContainerdLifecycle.resume(patiently(containerd), container),
        stop: (container) => ContainerdLifecycle.stop(patiently(containerd), container),
        lockedNetwork: (container, checkpoint) =>
          SpecNetwork.locked(container, checkpoint && { spec: ContainerdBundle.keptSpec(checkpoint.path) }),
        unlockNetwork: (container, network) => SpecNetwork.unlock(runtimeName, container, network)
      }
    })
  )
