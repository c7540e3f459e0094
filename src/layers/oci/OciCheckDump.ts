/**
 * What would make a dump fail, found before anything is frozen. It looks at the processes and changes nothing; what it
 * cannot see from outside, CRIU finds in the dump.
 */
import * as Effect from "effect/Effect"
import { RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as Cgroup from "../shared/Cgroup.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as Proc from "../shared/Proc.ts"
import { current } from "./OciLifecycle.ts"
import type { OciSettings } from "./OciSettings.ts"

/** Finds what would make a dump fail. */
export const checkDump = (settings: OciSettings, container: Container): Effect.Effect<void, RuntimeFailed> =>
  Effect.gen(function* () {
    const state = yield* current(settings, "checkpoint", container)
    const pids = state.cgroup === undefined ? [state.pid] : Cgroup.processes(state.cgroup)
    const verdict = tracedBy(pids) ?? outputOutside(pids)
    if (verdict !== undefined) {
      return yield* new RuntimeFailed({
        operation: "checkpoint",
        container: container.id,
        runtime: settings.runtime,
        ...verdict
      })
    }
  })

/** Only one program can trace a process: with another one at it, CRIU would freeze the container and wait in vain. */
const tracedBy = (pids: ReadonlyArray<number>): CriuLog.Verdict | undefined => {
  const found = Proc.findTraced(pids)
  return found === undefined
    ? undefined
    : found.tracer === "criu"
    ? { reason: "Busy", detail: "another program is checkpointing it", hint: "try again when that has ended" }
    : {
      reason: "Traced",
      detail: `its process ${found.pid} is traced by "${found.tracer}", such as a debugger`,
      hint: "end the tracing first"
    }
}

/** CRIU has no name for a file on a mount that the container does not have. */
const outputOutside = (pids: ReadonlyArray<number>): CriuLog.Verdict | undefined => {
  const found = Proc.findFileOutside(pids, [0, 1, 2])
  return found === undefined ? undefined : CriuLog.outside(found.descriptor, found.path)
}
