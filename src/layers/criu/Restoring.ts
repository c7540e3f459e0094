/**
 * A restore that is under way, or whose program was ended before it could say what came of it: CRIU writes the pid of the root that
 * it restored into a file, and by that the tree is found again.
 */
import type { ProcessIdentity } from "../../domain/Container.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import * as ProcessTree from "./ProcessTree.ts"
import type { Registration } from "./Registration.ts"

/** What is kept of a restore from before CRIU is started until its outcome is known. */
export type Restoring = NonNullable<Registration["restoring"]>

/** A restore that begins now, and is noted in this file; CRIU is to write into one beside it. */
export const begin = (notedIn: string, newPids: boolean): Restoring => ({
  notedIn,
  pidFile: `${notedIn}.restored`,
  since: Proc.ticks(),
  newPids
})

/** The registration as it is once such a restore is taken into account. */
export const settle = (registration: Registration): Registration => {
  const { restoring, ...rest } = registration
  if (restoring === undefined || ProcessTree.lives(registration.process)) return registration
  const root = restored(restoring)
  return root === undefined ? registration : { ...rest, process: root, ...(restoring.newPids ? { newPids: true } : {}) }
}

/**
 * The root that was restored. A process that got its pid later began after CRIU had written the file: a second is allowed for clocks
 * that are not alike.
 */
export const restored = ({ newPids, notedIn, pidFile, since }: Restoring): ProcessIdentity | undefined => {
  const pid = Number(KernelFile.read(pidFile)?.trim() || 0)
  if (pid === 0) return undefined
  const [noted, written] = [KernelFile.fileSize(notedIn)?.modified, KernelFile.fileSize(pidFile)?.modified]
  const latest = noted === undefined || written === undefined ? Infinity : since + (written - noted) / 10 + second
  return (newPids ? inNamespaces(pid) : [pid]).flatMap((one) => ProcessTree.identify(one) ?? [])
    .find(({ startTime }) => startTime >= since - 1 && startTime <= latest)
}

/** In clock ticks. */
const second = 100

/** Every process that has this pid in a namespace below ours. */
const inNamespaces = (pid: number): ReadonlyArray<number> =>
  (KernelFile.names("/proc") ?? []).filter((name) => /^\d+$/.test(name)).map(Number).filter((one) => {
    const all = Proc.pidsInNamespaces(one)
    return all.length > 1 && all.at(-1) === pid
  })
