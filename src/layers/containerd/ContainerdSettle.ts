/**
 * What goes on below containerd for a container after the process that asked for it has gone: a dump or a restore that its shim
 * has under way. It has no lock of ours, and only this says when it has ended.
 *
 * It looks at `/proc` and waits; it ends nothing.
 */
import * as Effect from "effect/Effect"
import type { RuntimeFailed } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import { failed } from "./ContainerdTask.ts"

/** Waits until no runc and no CRIU is at work for a container. CRIU's own bounds end it; ten minutes without an end are a failure. */
export const settle = (namespace: string, id: string): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 12_000; turn++) {
      if (!isBusy(namespace, id)) return
      yield* Effect.sleep(50)
    }
    yield* failed(
      "inspect",
      id,
      "Busy",
      "containerd is still at a checkpoint or a restore of it that was begun earlier"
    )
  })

/** Whether a dump or a restore is under way below the shim of a container. */
export const isBusy = (namespace: string, id: string): boolean =>
  (KernelFile.names("/proc") ?? []).some((name) => {
    if (!/^\d+$/.test(name)) return false
    const args = (KernelFile.read(`/proc/${name}/cmdline`) ?? "").split("\0")
    return isRunc(args, namespace, id) || (isCriu(name) && belongsTo(name, `/${namespace}/${id}`))
  })

/** The shim calls runc with a log in the bundle, the state folder of the namespace, and the id at the end. */
const isRunc = (args: ReadonlyArray<string>, namespace: string, id: string): boolean =>
  args.some((one) => one === "checkpoint" || one === "restore") &&
  args.filter((one) => one !== "").at(-1) === id &&
  args.some((one) => one.endsWith(`/${namespace}/${id}/log.json`))

/** Its command line says what it is at. */
const isCriu = (pid: string): boolean => KernelFile.read(`/proc/${pid}/comm`)?.trim() === "criu"

/** One that its runc has left behind is its shim's, which works in the bundle. */
const belongsTo = (pid: string, bundle: string): boolean => {
  let one = pid
  for (let step = 0; step < 4; step++) {
    const parent = /^PPid:\s+(\d+)$/m.exec(KernelFile.read(`/proc/${one}/status`) ?? "")?.[1]
    if (parent === undefined || parent === "0") return false
    if (KernelFile.link(`/proc/${parent}/cwd`)?.endsWith(bundle) === true) return true
    one = parent
  }
  return false
}
