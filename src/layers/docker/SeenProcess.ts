/**
 * A container's first process as it is seen here. The daemon tells the pid that it sees, and where this program is in another pid
 * namespace, that is a stranger's, or nobody's: a process is taken for the container's only where its cgroup bears the container's id.
 */
import * as Effect from "effect/Effect"
import type { RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { Container, ProcessIdentity } from "../../domain/Container.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import { refused } from "./DockerEngine.ts"

/** The process of a container, by the pid that the daemon tells; `undefined` where that is another's, or none. */
export const of = (id: string, pid: number): ProcessIdentity | undefined => {
  const stat = Proc.stat(pid)
  return stat === undefined || KernelFile.read(`/proc/${pid}/cgroup`)?.includes(id) !== true
    ? undefined
    : Proc.identify(pid, stat.startTime)
}

/** The same, for what cannot be done without it. */
export const required = (
  operation: RuntimeFailed["operation"],
  container: Container,
  pid: number
): Effect.Effect<number, RuntimeFailed> =>
  of(container.id, pid) === undefined
    ? refused(operation, container, "Permission", "its processes are not seen here", {
      hint: "run it in the pid namespace of the daemon"
    })
    : Effect.succeed(pid)
