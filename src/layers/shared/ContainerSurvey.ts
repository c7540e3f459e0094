/** What is seen of a container's processes from its first one and its cgroup, whichever engine or runtime has made it. */
import * as Effect from "effect/Effect"
import type { Depth, Survey } from "../../domain/Survey.ts"
import * as Cgroup from "./Cgroup.ts"
import * as Proc from "./Proc.ts"
import * as ProcStatus from "./ProcStatus.ts"
import * as ProcSurvey from "./ProcSurvey.ts"

/** What CRIU dumps: the first process and those below it, and not what was started beside them in the container. */
export const dumpedPids = (first: number): ReadonlyArray<number> => [first, ...Proc.descendants(first)]

/** The memory that a checkpoint of the container holds, about, in bytes. */
export const residentBytes = (first: number): number => Proc.residentBytes(dumpedPids(first))

/** Looks at the processes of a container. */
export const survey = (first: number, cgroup: string | undefined, depth: Depth): Effect.Effect<Survey> =>
  Effect.map(
    ProcSurvey.survey(dumpedPids(first), first, depth, { ofTerminals: true }),
    (seen) => ({
      ...seen,
      // CRIU stops for a tracer of any process that is frozen with them.
      resources: [
        ...seen.resources,
        ...ProcStatus.traced(besides(cgroup === undefined ? [] : Cgroup.processes(cgroup), dumpedPids(first)))
      ]
    })
  )

const besides = (all: ReadonlyArray<number>, some: ReadonlyArray<number>): ReadonlyArray<number> =>
  all.filter((pid) => !some.includes(pid))
