/**
 * The containers of a Docker daemon, checkpointed by the runtime beneath it and restored through it.
 *
 * This file puts the layers together. It emits no `FileSystem`: the backend's own stays what it is.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
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
import * as DockerApi from "./DockerApi.ts"
import * as DockerContainerStore from "./DockerContainerStore.ts"
import * as DockerEvents from "./DockerEvents.ts"
import * as DockerRuntime from "./DockerRuntime.ts"
import { complete, defaultHost, type DockerConnection } from "./DockerSettings.ts"

/** What {@link layer} is given. */
export interface DockerConfig extends DockerConnection {
  /**
   * What reaches the runtime beneath the daemon: `Oci.beneath`. Without it, checkpoints are made by the daemon's own API, which
   * has no options and no statistics.
   */
  readonly beneath?: Beneath | undefined
}

/** What the layer gives. */
export type Docker = Checkpoints.Checkpoints | ContainerStore | Runtime | EventLog | Images

/**
 * Checkpoints of the containers of one Docker daemon. It needs root on the daemon's machine, a daemon with experimental features,
 * CRIU and `flock` of util-linux; `checkOptions` and `capabilities` of the `Runtime` say what is missing. No docker command is
 * needed. In Deno it needs `--allow-all`: with less, no file of `/proc` may be read.
 *
 * @example
 * ```ts
 * import { Capabilities, Runtime } from "stasis"
 * import * as Docker from "stasis/Docker"
 * import * as Oci from "stasis/Oci"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const runtime = yield* Runtime.Runtime
 *   return Capabilities.isAble(yield* runtime.capabilities)
 * })
 *
 * const layer = Docker.layer({ host: "unix:///no/such/docker.sock", beneath: Oci.beneath })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // false
 * ```
 */
export const layer = (config: DockerConfig = {}): Layer.Layer<Docker> => {
  const { host: address = defaultHost, stasisRoot: root = "/var/lib/stasis" } = config
  const host = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
  // An address that cannot be one is told by every call, as one that nobody listens at is.
  const api = Either.match(complete(config), { onLeft: DockerApi.unreachable, onRight: DockerApi.layer })
  const ports = Layer.mergeAll(
    DockerContainerStore.layer(address),
    DockerRuntime.layer({ host: address, home: { root, scope }, beneath: config.beneath }),
    DockerEvents.layer(address, Layer.provide(EventFile.layer({ root }), host)),
    ImageFolders.layer
  ).pipe(Layer.provide(Layer.merge(api, host)))
  const store = Layer.provide(CheckpointFolder.layer({ root, scope }), host)
  return Checkpoints.layer.pipe(Layer.provide(store), Layer.provideMerge(ports))
}

/** Ids of Docker's containers are unique for ever, whichever daemon they are of and by whichever address it is reached. */
const scope = "docker/moby"

/**
 * The same, configured as Docker's own client is: by `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`; and by
 * `STASIS_ROOT`.
 */
export const layerConfig = (
  beneath?: Beneath
): Layer.Layer<Docker, ConfigError.ConfigError> =>
  Layer.unwrapEffect(
    Effect.map(
      Config.all({
        host: optional("DOCKER_HOST"),
        verify: optional("DOCKER_TLS_VERIFY"),
        folder: optional("DOCKER_CERT_PATH"),
        stasisRoot: optional("STASIS_ROOT")
      }),
      ({ folder, host, stasisRoot, verify }) =>
        layer({
          host,
          stasisRoot,
          beneath,
          ...(folder === undefined ? {} : { tls: { folder, verify: verify !== undefined } })
        })
    )
  )

const optional = (name: string): Config.Config<string | undefined> =>
  Config.map(Config.option(Config.nonEmptyString(name)), Option.getOrUndefined)
