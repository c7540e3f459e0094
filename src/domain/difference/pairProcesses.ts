/** Which process before is which one after. */
import type { Process } from "../inspection/Process.ts"

/** A process, with what its memory tells of the program that it runs; absent where it has none, as a zombie. */
export interface Candidate {
  readonly process: Process
  readonly program?: {
    /** Where its code and its stack began when it was executed: drawn by lot at each execution, and kept by a restore. */
    readonly code: bigint
    readonly stack: bigint
  }
}

/** A process on both sides, or on one. */
export interface ProcessPair<A> {
  readonly pid: number
  readonly before: A | undefined
  readonly after: A | undefined
}

/**
 * Pairs the processes of two sides by their pids, and gives the pairs in the order of those. The images have no time at which a
 * process began: what runs another program is another process, whether its pid was reused or it has executed that.
 */
export const pairProcesses = <A extends Candidate>(
  before: ReadonlyArray<A>,
  after: ReadonlyArray<A>
): ReadonlyArray<ProcessPair<A>> => {
  const earlier = new Map(before.map((one) => [one.process.pid, one]))
  const later = new Map(after.map((one) => [one.process.pid, one]))
  const pids = [...new Set([...earlier.keys(), ...later.keys()])].sort((a, b) => a - b)
  return pids.flatMap((pid): ReadonlyArray<ProcessPair<A>> => {
    const [one, other] = [earlier.get(pid), later.get(pid)]
    return one === undefined || other === undefined || isSame(one, other)
      ? [{ pid, before: one, after: other }]
      : [{ pid, before: one, after: undefined }, { pid, before: undefined, after: other }]
  })
}

const isSame = (before: Candidate, after: Candidate): boolean => {
  const [one, other] = [before.program, after.program]
  if (one === undefined || other === undefined) return isSameName(before.process.name, after.process.name)
  return one.code === other.code && one.stack === other.stack &&
    isSameExecutable(before.process, after.process)
}

/** A zombie keeps its name and its parent, until that ends; one whose name could not be read has none. */
const isSameName = (before: string, after: string): boolean => before === after || before === "" || after === ""

/** One that is not known is no other one. */
const isSameExecutable = (before: Process, after: Process): boolean =>
  before.executable === undefined || after.executable === undefined || before.executable === after.executable
