/**
 * Containers of containerd, checkpointed through its task service into folders on disk, and restored as tasks of it.
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
import * as CheckpointFolder from "../shared/CheckpointFolder.ts"
import * as EventFile from "../shared/EventFile.ts"
import * as ImageFolders from "../shared/ImageFolders.ts"
import * as NodeDisk from "../shared/NodeDisk.ts"
import * as ContainerdClient from "./ContainerdClient.ts"
import * as ContainerdContainerStore from "./ContainerdContainerStore.ts"
import * as ContainerdRuntime from "./ContainerdRuntime.ts"
import { complete, type ContainerdConfig, scopeOf } from "./ContainerdSettings.ts"

export type { ContainerdConfig } from "./ContainerdSettings.ts"

/** What the layer gives. */
export type Containerd = Checkpoints.Checkpoints | ContainerStore | Runtime | EventLog | Images

/**
 * Checkpoints of the containers of one namespace of a containerd on this machine, whoever started them. It needs root, the
 * socket, runc as their runtime, CRIU in containerd's `PATH` and `flock` of util-linux; `checkOptions` and `capabilities` of the
 * `Runtime` say what is missing. In Deno it needs `--allow-all`: with less, no file of `/proc` may be read.
 *
 * @example
 * ```ts
 * import { Capabilities, Runtime } from "stasis"
 * import * as Containerd from "stasis/Containerd"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const runtime = yield* Runtime.Runtime
 *   return Capabilities.isAble(yield* runtime.capabilities)
 * })
 *
 * const layer = Containerd.layer({ socket: "/no/such/containerd.sock" })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // false
 * ```
 */
export const layer = (config: ContainerdConfig = {}): Layer.Layer<Containerd> => {
  const settings = complete(config)
  const containerd = { settings, client: ContainerdClient.make(settings) }
  const host = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
  const store = CheckpointFolder.layer({ root: settings.stasisRoot, scope: scopeOf(settings) })
  const ports = Layer.mergeAll(
    ContainerdContainerStore.layer(containerd),
    ContainerdRuntime.layer(containerd),
    EventFile.layer({ root: settings.stasisRoot }),
    ImageFolders.layer
  ).pipe(Layer.provide(host))
  return Checkpoints.layer.pipe(Layer.provide(Layer.provide(store, host)), Layer.provideMerge(ports))
}

/** The same, configured by `CONTAINERD_ADDRESS`, `CONTAINERD_NAMESPACE`, `STASIS_ROOT` and `STASIS_CRIU`. */
export const layerConfig: Layer.Layer<Containerd, ConfigError.ConfigError> = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      socket: optional("CONTAINERD_ADDRESS"),
      namespace: optional("CONTAINERD_NAMESPACE"),
      stasisRoot: optional("STASIS_ROOT"),
      criu: optional("STASIS_CRIU")
    }),
    layer
  )
)

function optional(name: string): Config.Config<string | undefined> {
  return Config.map(Config.option(Config.nonEmptyString(name)), Option.getOrUndefined)
}
