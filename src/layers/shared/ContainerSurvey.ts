/** What is seen of a container's processes from its first one and its cgroup, whichever engine or runtime has made it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Depth, LinkedMount, Survey } from "../../domain/Survey.ts"
import * as Cgroup from "./Cgroup.ts"
import * as KernelFile from "./KernelFile.ts"
import * as OciSpec from "./OciSpec.ts"
import * as Proc from "./Proc.ts"
import * as ProcStatus from "./ProcStatus.ts"
import * as ProcSurvey from "./ProcSurvey.ts"

/** What CRIU dumps: the first process and those below it, and not what was started beside them in the container. */
const dumpedPids = (first: number): ReadonlyArray<number> => [first, ...Proc.descendants(first)]

/** The memory that a checkpoint of the container holds, about, in bytes. */
export const residentBytes = (first: number): number => Proc.residentBytes(dumpedPids(first))

/** A container, as far as it is needed to be looked at. */
export interface Seen {
  /** Its first process. */
  readonly first: number
  /** The cgroup that can be frozen, as a folder. */
  readonly cgroup: string | undefined
  /** The OCI bundle that it was made from, where there is one. */
  readonly bundle: string | undefined
}

/** Looks at the processes of a container, and at what it is made of. */
export const survey = (
  { bundle, cgroup, first }: Seen,
  depth: Depth
): Effect.Effect<Survey> =>
  Effect.map(
    ProcSurvey.survey(dumpedPids(first), first, depth, { ofTerminals: true }),
    (seen) => ({
      ...seen,
      // CRIU stops for a tracer of any process that is frozen with them.
      resources: [
        ...seen.resources,
        ...ProcStatus.traced(besides(cgroup === undefined ? [] : Cgroup.processes(cgroup), dumpedPids(first))),
        ...linkedMounts(first, bundle)
      ]
    })
  )

/** CRIU makes a mount again from the path that it was given, without following a link at its end. */
const linkedMounts = (pid: number, bundle: string | undefined): ReadonlyArray<LinkedMount> => {
  const spec = OciSpec.parse(KernelFile.read(`${bundle}/config.json`) ?? "")
  return bundle === undefined || Either.isLeft(spec)
    ? []
    : OciSpec.binds(spec.right, bundle).flatMap((mount) =>
      KernelFile.link(mount.source) === undefined ? [] : [{ _tag: "LinkedMount", pid, ...mount }]
    )
}

const besides = (all: ReadonlyArray<number>, some: ReadonlyArray<number>): ReadonlyArray<number> =>
  all.filter((pid) => !some.includes(pid))
