/** Docker as the {@link Runtime} of the use cases; each operation has a file of its own. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Capabilities, isAble } from "../../domain/Capabilities.ts"
import type * as Survey from "../../domain/Survey.ts"
import { Disk } from "../../effects/Disk.ts"
import { Runtime } from "../../effects/Runtime.ts"
import type { Beneath } from "../shared/Beneath.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as ContainerSurvey from "../shared/ContainerSurvey.ts"
import { requireAble } from "../shared/CriuCapabilities.ts"
import { type FolderConfig, homePath } from "../shared/FolderLayout.ts"
import * as Proc from "../shared/Proc.ts"
import * as Shim from "../shared/Shim.ts"
import { DockerApi } from "./DockerApi.ts"
import { probe } from "./DockerCapabilities.ts"
import { checkpoint, preDump } from "./DockerCheckpoint.ts"
import * as DockerEngine from "./DockerEngine.ts"
import * as DockerLifecycle from "./DockerLifecycle.ts"
import { checkRestore, restore } from "./DockerRestore.ts"
import { settle } from "./DockerSettle.ts"
import * as SeenProcess from "./SeenProcess.ts"

/** The daemon that the settings name, with what is beneath it. */
export const layer = (
  { beneath, home, host }: {
    /** For messages. */
    readonly host: string
    readonly home: FolderConfig
    readonly beneath: Beneath | undefined
  }
): Layer.Layer<Runtime, never, DockerApi | FileSystem.FileSystem | Disk> =>
  Layer.scoped(
    Runtime,
    Effect.gen(function* () {
      const context = Context.pick(FileSystem.FileSystem, Disk)(yield* Effect.context<FileSystem.FileSystem | Disk>())
      const provide = Effect.provide(context)
      const api = yield* DockerApi
      const engine = yield* DockerEngine.make(api, ({ id }) => homePath(home, id), beneath)
      // Of any container it can be asked what CRIU does with a network: that is not a matter of where its state lies.
      const usual = beneath === undefined ? undefined : Context.get(
        yield* Layer.build(beneath({ runtime: "runc", program: "runc", root: "/run/docker/runtime-runc/moby" })),
        Runtime
      )
      const capabilities = yield* cachedAble(probe(api, usual))
      return {
        name: DockerEngine.runtimeName,
        stopsByItself: false,
        capabilities,
        checkOptions: (operation, options) =>
          Effect.gen(function* () {
            yield* requireAble(yield* capabilities, options, () => host)
            if (operation !== "checkpoint" || usual === undefined) return
            // Where the usual runtime is missing, containers have another one, and what it can do is seen when it is called.
            yield* Effect.catchTag(
              usual.checkOptions(operation, options),
              "RuntimeUnavailable",
              () => Effect.void
            )
          }),
        residentBytes: (container) =>
          Effect.map(
            // The kernel knows as well as the daemon whether it is the same process, and at once.
            container.process !== undefined && Proc.isAlive(container.process.pid, container.process.startTime)
              ? Effect.succeed(container.process.pid)
              : Effect.flatMap(
                DockerLifecycle.current(engine, "inspect", container),
                ({ State }) => SeenProcess.required("inspect", container, State.Pid)
              ),
            ContainerSurvey.residentBytes
          ),
        settle: (container) => provide(settle(engine, container)),
        survey: (container, depth) =>
          Effect.gen(function* () {
            const { HostConfig, State } = yield* DockerLifecycle.current(engine, "checkpoint", container)
            const pid = yield* SeenProcess.required("checkpoint", container, State.Pid)
            const bundle = Option.getOrUndefined(Shim.above(pid, container.id))?.bundle
            const seen = yield* ContainerSurvey.survey({ first: pid, cgroup: Cgroup.of(pid), bundle }, depth)
            const rule: ReadonlyArray<Survey.Resource> = HostConfig.AutoRemove
              ? [{ _tag: "RemovedWhenStopped", pid }]
              : []
            return { ...seen, resources: [...seen.resources, ...rule] }
          }),
        preDump: (container, request) => provide(Effect.uninterruptible(preDump(engine, container, request))),
        checkpoint: (container, request) => provide(Effect.uninterruptible(checkpoint(engine, container, request))),
        checkRestore: (container, subject) => checkRestore(engine, container, subject),
        restore: (container, request) => provide(Effect.uninterruptible(restore(engine, container, request))),
        pause: (container) => DockerLifecycle.pause(engine, container),
        resume: (container, lease) => DockerLifecycle.resume(engine, container, lease),
        stop: (container, lease) => provide(Effect.uninterruptible(DockerLifecycle.stop(engine, container, lease))),
        lockedNetwork: (container, subject) =>
          usual === undefined ? Effect.succeedNone : usual.lockedNetwork(container, subject),
        unlockNetwork: (container, network) =>
          usual === undefined ? Effect.void : usual.unlockNetwork(container, network)
      }
    })
  )

/** Keeps an answer once everything is there: a daemon may be started later. */
const cachedAble = (look: Effect.Effect<Capabilities>): Effect.Effect<Effect.Effect<Capabilities>> =>
  Effect.gen(function* () {
    const one = yield* Effect.makeSemaphore(1)
    let known: Capabilities | undefined
    return one.withPermits(1)(
      Effect.suspend(() =>
        known !== undefined ? Effect.succeed(known) : Effect.tap(look, (found) =>
          Effect.sync(() => {
            if (isAble(found)) known = found
          }))
      )
    )
  })
