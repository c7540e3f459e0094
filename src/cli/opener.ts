/**
 * The worlds as they are on this machine: which are there, and each loaded when it is opened, and not before.
 *
 * What a user sets for Docker and containerd by their own variables counts here as well.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Processes from "../effects/Processes.ts"
import * as CriuSettings from "../layers/criu/CriuSettings.ts"
import * as OciSettings from "../layers/oci/OciSettings.ts"
import { worldPath } from "../layers/shared/FolderLayout.ts"
import * as ImageFolders from "../layers/shared/ImageFolders.ts"
import * as KernelFile from "../layers/shared/KernelFile.ts"
import * as NodeDisk from "../layers/shared/NodeDisk.ts"
import { ofRoot, runtimesThere, socketOf } from "./chooseRuntime.ts"
import { given } from "./criuFlags.ts"
import type { RuntimeName, Settings } from "./Settings.ts"
import type { Opener } from "./Worlds.ts"

/** The worlds of this machine. */
export const opener: Opener = {
  present: (settings) =>
    Option.match(settings.root, {
      onSome: (root) => Effect.succeed([ofRoot(root, (path) => KernelFile.names(path) ?? [], KernelFile.exists)]),
      onNone: () =>
        Effect.map(Effect.all([docker(settings), containerd(settings)]), ([{ host }, { address }]) =>
          runtimesThere({
            docker: socketOf(host ?? "unix:///var/run/docker.sock"),
            containerd: socketOf(address ?? "/run/containerd/containerd.sock"),
            runc: ociFolders("runc", settings),
            crun: ociFolders("crun", settings),
            criu: [worldPath(CriuSettings.complete(stasisRoot(settings)).folder)]
          }, KernelFile.exists))
    }),
  open: (runtime, settings) => Layer.unwrapEffect(load(runtime, settings)),
  images: Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))
}

const load = (runtime: RuntimeName, settings: Settings) =>
  Effect.gen(function* () {
    const processes = Processes.unsupported(runtime)
    switch (runtime) {
      case "docker": {
        const { host, tls } = yield* docker(settings)
        const [Docker, Oci] = yield* Effect.promise(() =>
          Promise.all([import("../layers/docker/Docker.ts"), import("../layers/oci/Oci.ts")])
        )
        return Layer.merge(Docker.layer({ host, tls, ...stasisRoot(settings), beneath: Oci.beneath }), processes)
      }
      case "containerd": {
        const { address, namespace } = yield* containerd(settings)
        const Containerd = yield* Effect.promise(() => import("../layers/containerd/Containerd.ts"))
        return Layer.merge(Containerd.layer({ socket: address, namespace, ...stasisRoot(settings) }), processes)
      }
      case "criu": {
        const Criu = yield* Effect.promise(() => import("../layers/criu/Criu.ts"))
        return Criu.layer(stasisRoot(settings))
      }
      case "memory": {
        const Memory = yield* Effect.promise(() => import("../layers/memory/Memory.ts"))
        const containers = [{ id: "counter" }, { id: "web" }]
        return Layer.merge(Memory.layer({ containers, ...stasisRoot(settings) }), processes)
      }
      default: {
        const Oci = yield* Effect.promise(() => import("../layers/oci/Oci.ts"))
        return Layer.merge(
          Oci.layer({ runtime, ...given("root", settings.root), ...stasisRoot(settings) }),
          processes
        )
      }
    }
  })

const stasisRoot = (settings: Settings) => given("stasisRoot", settings.stasisRoot)

/** The runtime's own root, and what was kept of its containers, which it may have forgotten with the last boot. */
const ociFolders = (runtime: OciSettings.RuntimeName, settings: Settings): ReadonlyArray<string> => {
  const { root, stasisRoot: kept } = OciSettings.complete({ runtime, ...stasisRoot(settings) }, "")
  return [root, worldPath({ root: kept, scope: OciSettings.scopeOf(root) })]
}

/** As Docker's own client reads it. */
const docker = (settings: Settings) =>
  Effect.gen(function* () {
    const folder = yield* variable("DOCKER_CERT_PATH")
    const verify = (yield* variable("DOCKER_TLS_VERIFY")) !== undefined
    return {
      host: Option.getOrUndefined(settings.host) ?? (yield* variable("DOCKER_HOST")),
      tls: folder === undefined ? undefined : { folder, verify }
    }
  })

/** As containerd's own client reads it. */
const containerd = (settings: Settings) =>
  Effect.gen(function* () {
    return {
      address: Option.getOrUndefined(settings.address) ?? (yield* variable("CONTAINERD_ADDRESS")),
      namespace: Option.getOrUndefined(settings.namespace) ?? (yield* variable("CONTAINERD_NAMESPACE"))
    }
  })

/** A variable that is set to something. */
const variable = (name: string) =>
  Effect.map(Config.option(Config.string(name)), (text) => Option.getOrUndefined(text) || undefined)
