/**
 * The real thing: containers of runc or crun, checkpointed by CRIU, kept in folders on disk.
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
import type { Runtime } from "../../effects/Runtime.ts"
import type { Beneath } from "../shared/Beneath.ts"
import * as CheckpointFolder from "../shared/CheckpointFolder.ts"
import * as EventFile from "../shared/EventFile.ts"
import * as ImageFolders from "../shared/ImageFolders.ts"
import * as NodeDisk from "../shared/NodeDisk.ts"
import * as OciContainerStore from "./OciContainerStore.ts"
import * as OciRuntime from "./OciRuntime.ts"
import { complete, type OciConfig, scopeOf } from "./OciSettings.ts"

export type { OciConfig, RuntimeName } from "./OciSettings.ts"

/** What the layer gives. */
export type Oci = Checkpoints.Checkpoints | ContainerStore | Runtime | EventLog | Images

/**
 * Checkpoints of the containers of one runtime. It needs root, the runtime, CRIU and `flock` of util-linux; `checkOptions` and
 * `capabilities` of the `Runtime` say what is missing. In Deno it needs `--allow-all`: with less, no file of `/proc` may be read.
 *
 * @example
 * ```ts
 * import { Capabilities, Runtime } from "stasis"
 * import * as Oci from "stasis/Oci"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const runtime = yield* Runtime.Runtime
 *   return Capabilities.isAble(yield* runtime.capabilities)
 * })
 *
 * const layer = Oci.layer({ runtime: "runc", program: "/no/such/runc" })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // false
 * ```
 */
export const layer = (config: OciConfig): Layer.Layer<Oci> =>
  Layer.unwrapEffect(Effect.map(Effect.orElseSucceed(Config.string("PATH"), () => defaultPath), (path) => {
    const settings = complete(config, path)
    const host = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
    const store = CheckpointFolder.layer({ root: settings.stasisRoot, scope: scopeOf(settings.root) })
    const ports = Layer.mergeAll(
      OciContainerStore.layer(settings),
      OciRuntime.layer(settings),
      EventFile.layer({ root: settings.stasisRoot }),
      ImageFolders.layer
    ).pipe(Layer.provide(host))
    return Checkpoints.layer.pipe(Layer.provide(Layer.provide(store, host)), Layer.provideMerge(ports))
  }))

/** The runtime beneath an engine: what `Docker.layer` is given to checkpoint containers without the daemon's detours. */
export const beneath: Beneath = (place) =>
  Layer.provide(OciRuntime.layer({ ...complete(place, ""), ofEngine: true }), NodeFileSystem.layer)

/**
 * The same, configured by `STASIS_RUNTIME` (`runc`, the default, or `crun`), `STASIS_RUNTIME_PROGRAM`,
 * `STASIS_RUNTIME_ROOT`, `STASIS_ROOT` and `STASIS_CRIU`.
 */
export const layerConfig: Layer.Layer<Oci, ConfigError.ConfigError> = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      runtime: Config.withDefault(Config.literal("runc", "crun")("STASIS_RUNTIME"), "runc"),
      program: optional("STASIS_RUNTIME_PROGRAM"),
      root: optional("STASIS_RUNTIME_ROOT"),
      stasisRoot: optional("STASIS_ROOT"),
      criu: optional("STASIS_CRIU")
    }),
    layer
  )
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

function optional(name: string): Config.Config<string | undefined> {
  return Config.map(Config.option(Config.nonEmptyString(name)), Option.getOrUndefined)
}
