/**
 * What goes on below containerd for a container after the process that asked for it has gone: a dump or a restore that its shim
 * has under way. It has no lock of ours, and only this says when it has ended.
 *
 * It looks at `/proc` and waits; it ends nothing. What runs in a container may call itself anything, and is not believed.
 */
import * as Effect from "effect/Effect"
import type { RuntimeFailed } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
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

/** Whether a dump or a restore is under way below the shim of a container, or what one has left is being deleted. */
export const isBusy = (namespace: string, id: string): boolean =>
  Proc.all().some((pid) => {
    const args = Proc.argumentsOf(pid)
    // One that its shim has left behind is anybody's child: that it is root's, outside of the container, has to do.
    return (isRunc(args, ["checkpoint", "restore", "delete"], namespace, id) || isDeletion(args, namespace, id) ||
      (isCriu(pid) && (belongsTo(pid, `/${namespace}/${id}`) || worksFor(pid, namespace, id)))) && Proc.isTrusted(pid)
  })

/** Whether a shim has a restore of a container under way: one whose shim was ended is nobody's. */
export const isRestored = (namespace: string, id: string): boolean =>
  Proc.all().some((pid) =>
    isRunc(Proc.argumentsOf(pid), ["restore"], namespace, id) && belongsTo(pid, `/${namespace}/${id}`) &&
    Proc.isTrusted(pid)
  )

/** The shim calls runc with a log in the bundle, the state folder of the namespace, and the id at the end. */
const isRunc = (args: ReadonlyArray<string>, commands: ReadonlyArray<string>, namespace: string, id: string): boolean =>
  args.some((one) => commands.includes(one)) &&
  args.at(-1) === id &&
  args.some((one) => one.endsWith(`/${namespace}/${id}/log.json`))

/** containerd has another shim delete what one has left that was ended. */
const isDeletion = (args: ReadonlyArray<string>, namespace: string, id: string): boolean =>
  args.at(-1) === "delete" && args.some((one) => one.endsWith(`/${namespace}/${id}`)) &&
  args[args.indexOf("-id") + 1] === id

/** Whether a process is called CRIU. */
export const isCriu = (pid: number): boolean => KernelFile.read(`/proc/${pid}/comm`)?.trim() === "criu"

/** One without a shim works in a folder of ours, or is still in the bundle. */
const worksFor = (pid: number, namespace: string, id: string): boolean =>
  new RegExp(`/containerd/${namespace}/${id}/|/${namespace}/${id}$`.replaceAll(".", "\\.")).test(
    KernelFile.link(`/proc/${pid}/cwd`) ?? ""
  )

/** One that its runc has left behind is its shim's, which works in the bundle. */
const belongsTo = (pid: number, bundle: string): boolean => {
  let one = pid
  for (let step = 0; step < 4; step++) {
    const parent = /^PPid:\s+(\d+)$/m.exec(KernelFile.read(`/proc/${one}/status`) ?? "")?.[1]
    if (parent === undefined || parent === "0") return false
    if (KernelFile.link(`/proc/${parent}/cwd`)?.endsWith(bundle) === true) return true
    one = Number(parent)
  }
  return false
}
