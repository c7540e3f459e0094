/**
 * What would make a restore fail, looked at before anything is killed or started. It changes nothing.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OpenFile } from "../../domain/CheckpointConfig.ts"
import type { RuntimeFailed, RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { RestoreRequest } from "../../effects/Runtime.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import * as OpenFiles from "../shared/OpenFiles.ts"
import * as ContainerdBundle from "./ContainerdBundle.ts"
import * as ContainerdRootfs from "./ContainerdRootfs.ts"
import { dockers, ofDocker } from "./ContainerdSettings.ts"
import { type Containerd, failed, look, ofAnotherRuntime } from "./ContainerdTask.ts"
import * as Services from "./Services.ts"

/** Finds what would make the restore fail. */
export const checkRestore = (
  containerd: Containerd,
  container: Container,
  { checkpoint }: Pick<RestoreRequest, "checkpoint" | "options">
): Effect.Effect<void, RuntimeFailed | RuntimeUnavailable> =>
  Effect.gen(function* () {
    const fail = (reason: RuntimeFailed["reason"], detail: string, hint?: string) =>
      failed("restore", container.id, reason, detail, hint)
    const metadata = yield* known(containerd, container.id)
    const spec = yield* Effect.mapError(
      OciSpec.parse(metadata.spec),
      (detail) => fail("FileMissing", `the specification that containerd keeps of it cannot be read (${detail})`)
    )
    if (containerd.settings.namespace === dockers) yield* fail("Unsupported", ofDocker)
    if (spec.process?.terminal === true) {
      yield* fail("ConsoleMissing", "it has a terminal, which containerd's shim cannot be handed at a restore")
    }
    const rootfs = yield* mountsOf(containerd, metadata)
    const root = OciSpec.rootOf(spec, "")
    if (rootfs === undefined && !KernelFile.isFolder(root)) {
      yield* fail("FileMissing", `its root file system "${root}" is gone`, "put it back")
    }
    for (const { path, what } of OciSpec.hostPaths(spec, "")) {
      if (!KernelFile.exists(path)) {
        yield* fail(what.endsWith("namespace") ? "NamespaceMissing" : "FileMissing", `its ${what} "${path}" is gone`)
      }
    }
    const bundle = checkpoint.record?.container?.bundle ?? container.bundle
    const changed = OpenFiles.changed(onDisk(checkpoint.record?.files ?? [], bundle, rootfs))
    if (changed !== undefined) yield* fail(changed.reason, changed.detail, changed.hint)
    const then = ContainerdBundle.keptSpec(checkpoint.path)?.linux?.cgroupsPath
    const now = spec.linux?.cgroupsPath
    if (then !== undefined && then !== now) {
      yield* fail(
        "ExternalResource",
        `its cgroup is another one now (${now ?? "the default"}, was ${then}), and CRIU would put it into the former`,
        "restore it with the cgroup path that it had"
      )
    }
  })

/** What containerd keeps of a container that is to be restored. */
export const known = (
  containerd: Containerd,
  id: string
): Effect.Effect<Services.Metadata, RuntimeFailed | RuntimeUnavailable> =>
  Effect.flatMap(
    Effect.catchTag(look(containerd, id, "restore"), "ContainerNotFound", () =>
      failed(
        "restore",
        id,
        "ContainerGone",
        `containerd does not know it in namespace "${containerd.settings.namespace}"`,
        "its root file system went with it, and without that it cannot be restored"
      )),
    ({ metadata }) =>
      Option.match(Option.fromNullable(ofAnotherRuntime(metadata)), {
        onNone: () => Effect.succeed(metadata),
        onSome: (detail) => failed("restore", id, "Unsupported", detail)
      })
  )

/** The mounts of its root file system; `undefined` where that is a folder which the specification names. */
export const mountsOf = (
  { client }: Containerd,
  { id, snapshotKey, snapshotter }: Services.Metadata
): Effect.Effect<ReadonlyArray<Uint8Array> | undefined, RuntimeFailed | RuntimeUnavailable> =>
  snapshotKey === "" ? Effect.succeed(undefined) : Effect.catchTag(
    client.call(Services.mounts, { snapshotter, key: snapshotKey }),
    "CallFailed",
    (error) => failed("restore", id, "FileMissing", `its root file system cannot be mounted (${error.detail})`)
  )

/** The files where they lie while nothing is mounted; those of which that is not known are left out. */
const onDisk = (
  files: ReadonlyArray<OpenFile>,
  bundle: string | undefined,
  mounts: ReadonlyArray<Uint8Array> | undefined
): ReadonlyArray<OpenFile> => {
  const rootfs = `${bundle ?? ""}/rootfs/`
  const folders = mounts === undefined ? undefined : ContainerdRootfs.layers(mounts)
  return files.flatMap((file) =>
    bundle === undefined || !file.path.startsWith(rootfs)
      ? [file]
      : folders === undefined
      ? []
      : [{ ...file, path: ContainerdRootfs.locate(folders, file.path.slice(rootfs.length - 1)) }]
  )
}
