/**
 * The worlds as they are on this machine: which are there, and each loaded when it is opened, and not before.
 *
 * What a user sets for Docker and containerd by their own variables counts here as well.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Processes from "../effects/Processes.ts"
import * as CriuSettings from "../layers/criu/CriuSettings.ts"
import * as OciSettings from "../layers/oci/OciSettings.ts"
import { worldPath } from "../layers/shared/FolderLayout.ts"
import * as KernelFile from "../layers/shared/KernelFile.ts"
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
        Effect.map(Effect.all([dockerHost(settings), containerd(settings)]), ([host, { address }]) =>
          runtimesThere({
            docker: socketOf(host.host ?? "unix:///var/run/docker.sock"),
            containerd: address ?? "/run/containerd/containerd.sock",
            runc: ociFolders("runc", settings),
            crun: ociFolders("crun", settings),
            criu: [worldPath(CriuSettings.complete(stasisRoot(settings)).folder)]
          }, KernelFile.exists))
    }),
  open: (runtime, settings) => Layer.unwrapEffect(load(runtime, settings))
}

const load = (runtime: RuntimeName, settings: Settings) =>
  Effect.gen(function* () {
    const processes = Processes.unsupported(runtime)
    switch (runtime) {
      case "docker": {
        const host = yield* dockerHost(settings)
        const [Docker, Oci] = yield* Effect.promise(() =>
          Promise.all([import("../layers/docker/Docker.ts"), import("../layers/oci/Oci.ts")])
        )
        return Layer.merge(Docker.layer({ ...host, ...stasisRoot(settings), beneath: Oci.beneath }), processes)
      }
      case "containerd": {
        const place = yield* containerd(settings)
        const Containerd = yield* Effect.promise(() => import("../layers/containerd/Containerd.ts"))
        return Layer.merge(Containerd.layer({ ...place, ...stasisRoot(settings) }), processes)
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

const dockerHost = ({ host }: Settings) => Effect.map(orVariable(host, "DOCKER_HOST"), (one) => given("host", one))

const containerd = ({ address, namespace }: Settings) =>
  Effect.map(
    Effect.all([orVariable(address, "CONTAINERD_ADDRESS"), orVariable(namespace, "CONTAINERD_NAMESPACE")]),
    ([where, which]) => ({ ...given("address", where), ...given("namespace", which) })
  )

/** A flag, else its variable unless that is empty. */
const orVariable = (flag: Option.Option<string>, name: string) =>
  Option.isSome(flag)
    ? Effect.succeed(flag)
    : Effect.map(Config.option(Config.string(name)), Option.filter((text) => text !== ""))
