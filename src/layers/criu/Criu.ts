/**
 * Plain processes as containers: a process tree that anyone started, checkpointed by CRIU directly and kept in folders on disk.
 *
 * This file puts the layers together. It emits no `FileSystem`: the backend's own stays what it is.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import type { ContainerStore } from "../../effects/ContainerStore.ts"
import type { EventLog } from "../../effects/EventLog.ts"
import type { Images } from "../../effects/Images.ts"
import type { Processes } from "../../effects/Processes.ts"
import type { Runtime } from "../../effects/Runtime.ts"
import * as CheckpointFolder from "../shared/CheckpointFolder.ts"
import * as EventFile from "../shared/EventFile.ts"
import * as ImageFolders from "../shared/ImageFolders.ts"
import * as NodeDisk from "../shared/NodeDisk.ts"
import * as CriuContainerStore from "./CriuContainerStore.ts"
import * as CriuRuntime from "./CriuRuntime.ts"
import { complete, type CriuConfig } from "./CriuSettings.ts"
import * as TrackedProcesses from "./TrackedProcesses.ts"

export type { CriuConfig } from "./CriuSettings.ts"

/** What the layer gives. */
export type Criu = Checkpoints.Checkpoints | ContainerStore | Runtime | EventLog | Images | Processes

/**
 * Checkpoints of process trees. One is named as it was tracked or started (`Processes.track`, `Processes.run`), or by the pid of its
 * root process, as `pid:1234`.
 *
 * It needs CRIU and `flock` of util-linux, and root, or CAP_CHECKPOINT_RESTORE for CRIU and processes of the same user;
 * `capabilities` of the `Runtime` say what is missing. In Deno it needs `--allow-all`: with less, no file of `/proc` may be read.
 *
 * @example
 * ```ts
 * import { Capabilities, Runtime } from "stasis"
 * import * as Criu from "stasis/Criu"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const runtime = yield* Runtime.Runtime
 *   return Capabilities.isAble(yield* runtime.capabilities)
 * })
 *
 * const layer = Criu.layer({ criu: "/no/such/criu" })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // false
 * ```
 */
export const layer = (config: CriuConfig = {}): Layer.Layer<Criu> => {
  const settings = complete(config)
  const host = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
  const ports = Layer.mergeAll(
    CriuContainerStore.layer(settings),
    CriuRuntime.layer(settings),
    TrackedProcesses.layer(settings),
    EventFile.layer({ root: settings.stasisRoot }),
    ImageFolders.layer
  ).pipe(Layer.provide(host))
  const store = Layer.provide(CheckpointFolder.layer(settings.folder), host)
  return Checkpoints.layer.pipe(Layer.provide(store), Layer.provideMerge(ports))
}

/** The same, configured by `STASIS_ROOT` and `STASIS_CRIU`. */
export const layerConfig: Layer.Layer<Criu, ConfigError.ConfigError> = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      stasisRoot: Config.option(Config.nonEmptyString("STASIS_ROOT")),
      criu: Config.option(Config.nonEmptyString("STASIS_CRIU"))
    }),
    ({ criu, stasisRoot }) =>
      layer({ stasisRoot: Option.getOrUndefined(stasisRoot), criu: Option.getOrUndefined(criu) })
  )
)
