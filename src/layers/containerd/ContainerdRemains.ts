/**
 * What is below containerd where it has no task: what a restore leaves that was ended in the middle, be it by a containerd that was
 * started again, which ends the shim's calls, or by somebody who ended runc, CRIU or the shim.
 *
 * Only what is dead is swept; nothing is ended.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RuntimeFailed } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import * as Proc from "../shared/Proc.ts"
import * as Process from "../shared/Process.ts"
import * as RestoreRoot from "../shared/RestoreRoot.ts"
import * as ContainerdSettle from "./ContainerdSettle.ts"
import { type Containerd, failed, readRunc } from "./ContainerdTask.ts"
import * as RuncOptions from "./RuncOptions.ts"
import type * as Services from "./Services.ts"

/**
 * Saves the files of a container before somebody removes runc's state of it. A restore that its shim still has under way is left
 * alone until it has ended; one without a shim is nobody's.
 */
export const secure = (
  { settings }: Containerd,
  operation: RuntimeFailed["operation"],
  metadata: Services.Metadata
): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    const { id } = metadata
    const state = stateFolder(settings.namespace, metadata)
    if (!RestoreRoot.isThere(state)) return
    for (let turn = 0; turn < 60_000 && ContainerdSettle.isRestored(settings.namespace, id); turn++) {
      yield* Effect.sleep(10)
    }
    if (!(yield* RestoreRoot.letGo(state))) {
      const detail = `its root file system is mounted in "${state}", and would go with what runc keeps of it`
      yield* failed(operation, id, "Busy", detail, `unmount it: umount -l ${state}/criu-root`)
    }
  })

/**
 * Sweeps what is left of a container without a task, so that it can be restored.
 *
 * Fails with `Busy` where any of it lives: nobody can say whose that is.
 */
export const sweep = (containerd: Containerd, metadata: Services.Metadata): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    const { id } = metadata
    const { namespace } = containerd.settings
    yield* secure(containerd, "restore", metadata)
    const alive = living(containerd, metadata)
    if (alive !== undefined) {
      const detail = `a process of it (pid ${alive}) lives, and containerd has no task of it`
      yield* failed("restore", id, "Busy", detail, "end that process, if it is the container's")
    }
    const state = stateFolder(namespace, metadata)
    if (KernelFile.exists(`${state}/state.json`)) {
      const root = RuncOptions.root(metadata.runtimeOptions, namespace)
      const program = RuncOptions.program(metadata.runtimeOptions)
      yield* Effect.ignore(Process.run({ program, args: ["--root", root, "delete", id] }))
    }
    if (!(yield* RestoreRoot.remove(state))) {
      yield* failed(
        "restore",
        id,
        "Busy",
        `what runc keeps of it, in "${state}", belongs to no task and cannot be removed`
      )
    }
  })

const stateFolder = (namespace: string, { id, runtimeOptions }: Services.Metadata): string =>
  `${RuncOptions.root(runtimeOptions, namespace)}/${id}`

/** A process that lives in the container, by what runc keeps of it or by its cgroup. */
const living = ({ settings }: Containerd, metadata: Services.Metadata): number | undefined => {
  const runc = readRunc(settings, metadata)
  if (runc !== undefined && Proc.isAlive(runc.pid, runc.startTime)) return runc.pid
  const cgroup = cgroupOf(metadata)
  return Proc.all().find((pid) => isIn(pid, cgroup) && Proc.isAlive(pid, Proc.stat(pid)?.startTime ?? 0))
}

/** The end of the cgroup's path that the specification names for the container; it is told by no other. */
export const cgroupOf = ({ spec }: Services.Metadata): string | undefined => {
  const named = Either.getOrUndefined(OciSpec.parse(spec))?.linux?.cgroupsPath
  // With systemd it is "slice:prefix:name".
  const [, prefix, name] = named?.split(":") ?? []
  const path = (name === undefined ? named : `${prefix}-${name}.scope`)?.replace(/^\/+|\/+$/g, "") ?? ""
  return path === "" ? undefined : `/${path}/`
}

/** Whether a process is in the cgroup of such a path, or in one below it. */
export const isIn = (pid: number, cgroup: string | undefined): boolean =>
  cgroup !== undefined &&
  (KernelFile.read(`/proc/${pid}/cgroup`) ?? "").split("\n").some((line) => `${line}/`.includes(cgroup))
