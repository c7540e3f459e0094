/** The difference of two sides, put together from what was found on each. */
import type { Inspection } from "../inspection/Inspection.ts"
import type { Problem } from "../inspection/Problem.ts"
import { changesOf, type Fate } from "./Change.ts"
import { compareCgroups, compareMounts, compareNamespaces } from "./compareContainers.ts"
import { compareDescriptors, descriptorsOf, haveSameInodes } from "./compareDescriptors.ts"
import type { MemoryDifference, ProcessMemoryDifference } from "./compareMemory.ts"
import type { Difference } from "./Difference.ts"
import { figuresOf } from "./figuresOf.ts"
import * as PageCount from "./PageCount.ts"
import type { Candidate, ProcessPair } from "./pairProcesses.ts"
import type { ProcessDifference } from "./ProcessDifference.ts"
import { factsOf } from "./processFacts.ts"
import type { Unread } from "./Unread.ts"

/** What was found on one side. */
export interface Found {
  readonly side: Difference["before"]
  readonly inspection: Inspection
  /** Beside those of the inspection. */
  readonly problems: ReadonlyArray<Problem>
}

/** What was found of both sides. */
export interface Compared {
  readonly before: Found
  readonly after: Found
  readonly pairs: ReadonlyArray<ProcessPair<Candidate>>
  /** What is not compared, for it could not be read on both sides. */
  readonly unread: Unread
  /** The memory of the pairs, in their order. */
  readonly memory: MemoryDifference & Pick<Difference["memory"], "readBytes"> & {
    readonly pageSize: number | undefined
  }
}

/** Puts the difference together. */
export const differenceOf = ({ after, before, memory, pairs, unread }: Compared): Difference => {
  const [one, other] = [before.inspection, after.inspection]
  const staying = new Set(
    pairs.flatMap((pair) => pair.before !== undefined && pair.after !== undefined ? [pair.pid] : [])
  )
  const inodes = haveSameInodes(filesIn(one), filesIn(other))
  const processes = pairs.flatMap((pair, index) =>
    processDifference(pair, one, other, unread, memory.processes[index], inodes) ?? []
  )
  const namespacesIn = ({ namespaces = [] }: Inspection) => namespaces.filter(({ type }) => !unread.namespaces(type))
  const rest = {
    mounts: unread.mounts ? [] : compareMounts(one.mounts ?? [], other.mounts ?? []),
    namespaces: compareNamespaces(namespacesIn(one), namespacesIn(other), staying),
    cgroups: unread.cgroups ? [] : compareCgroups(
      one.cgroups ?? noCgroups,
      other.cgroups ?? noCgroups,
      new Set([...staying].filter((pid) => !unread.membership(pid)))
    )
  }
  const { kinds, pageSize, pages, readBytes } = memory
  return {
    before: before.side,
    after: after.side,
    isEqual: [processes, rest.mounts, rest.namespaces, rest.cgroups].every(({ length }) => length === 0),
    processes,
    ...rest,
    memory: { ...(pageSize === undefined ? {} : { pageSize }), pages, kinds, readBytes },
    figures: figuresOf(one, other),
    problems: [...problemsOf("before", before), ...problemsOf("after", after)]
  }
}

const noCgroups = { sets: [], folders: [] }

const filesIn = ({ files }: Inspection) => files ?? { processes: [], locks: [], removed: [] }

const processDifference = (
  { after, before, pid }: ProcessPair<Candidate>,
  one: Inspection,
  other: Inspection,
  unread: Unread,
  memory: ProcessMemoryDifference = { areas: [], virtual: { before: 0, after: 0 }, pages: PageCount.none },
  inodes: boolean
): ProcessDifference | undefined => {
  const process = after?.process ?? before?.process
  if (process === undefined) return undefined
  const { commandLine, name } = process
  const { areas, pages, virtual } = memory
  const shown = { pid, name, ...(commandLine === undefined ? {} : { commandLine }), virtual, pages }
  const alone = (fate: Fate) => ({ fate, ...shown, changes: [], descriptors: [], areas: [] })
  if ((before === undefined || after === undefined) && unread.processes) return undefined
  if (before === undefined) return alone("appeared")
  if (after === undefined) return alone("went")
  const changes = changesOf(factsOf(before.process), factsOf(after.process)).filter(({ field }) =>
    !unread.fact(pid, field)
  )
  const descriptors = unread.descriptors(pid) ? [] : compareDescriptors(
    descriptorsOf(filesIn(one), pid),
    descriptorsOf(filesIn(other), pid),
    inodes
  )
  return changes.length + descriptors.length + areas.length === 0
    ? undefined
    : { fate: "changed", ...shown, changes, descriptors, areas }
}

const problemsOf = (side: "before" | "after", { inspection, problems }: Found): Difference["problems"] => {
  const told = new Map(
    [...inspection.problems, ...problems].map((problem) => [`${problem.file} ${problem.reason}`, problem])
  )
  return [...told.values()].map(({ file, reason }) => ({ side, file, reason }))
}
