/**
 * What changed between two checkpoints: their processes, what these have open, and their memory, whose pages are compared by what is
 * in them.
 */
import * as Effect from "effect/Effect"
import type { Difference } from "../domain/difference/Difference.ts"
import { differenceOf, type Found } from "../domain/difference/differenceOf.ts"
import { type Candidate, pairProcesses } from "../domain/difference/pairProcesses.ts"
import type { ProcessSide } from "../domain/difference/ProcessSide.ts"
import { type Unread, unreadOf, unreadOfEither } from "../domain/difference/Unread.ts"
import type { Inspection } from "../domain/inspection/Inspection.ts"
import type { Problem } from "../domain/inspection/Problem.ts"
import type { Source } from "../domain/Source.ts"
import type { Ports } from "./Attempt.ts"
import { diffMemory } from "./diffMemory.ts"
import { findImages, type FindImagesError, type FoundImages } from "./findImages.ts"
import type { Images } from "./Images.ts"
import { inspectImages } from "./inspectCheckpoint.ts"
import { type MemoryOfSide, memoryOfSide } from "./memoryOfSide.ts"
import type { MemoryProblem } from "./processMemory.ts"

/** What is wanted of a difference. */
export interface DiffOptions {
  /** Whether it is said where in an area the pages are that are not as they were. */
  readonly pages?: boolean
}

/**
 * Compares the checkpoints or folders that two sources mean, the earlier one first. Damaged images are told among the problems, and
 * what they would have told is not compared: the memory of a process, its descriptors and values, mounts, namespaces, cgroups.
 */
export const diffCheckpoints = (
  before: Source,
  after: Source,
  options: DiffOptions = {}
): Effect.Effect<Difference, FindImagesError, Ports> =>
  Effect.flatMap(
    Effect.all([findImages(before), findImages(after)]),
    ([one, other]) => diffImages(one, other, options)
  )

/** Compares images that are found. */
export const diffImages = Effect.fn("Checkpoints.diff")(function* (
  before: FoundImages,
  after: FoundImages,
  { pages = false }: DiffOptions = {}
): Effect.fn.Return<Difference, never, Images> {
  return yield* Effect.scoped(Effect.gen(function* () {
    const one = yield* open(before)
    const other = yield* open(after)
    const pairs = pairProcesses(candidates(one), candidates(other))
    const unread = unreadOfEither(unreadIn(one), unreadIn(other))
    const memory = yield* diffMemory(
      one.memory,
      other.memory,
      pairs.map(({ after, before, pid }) => ({
        before: before && comparable(one, pid, unread),
        after: after && comparable(other, pid, unread)
      })),
      pages
    )
    const sizes = memory.pageSize === undefined
      ? [{
        file: "pagemap",
        reason:
          `its pages are of ${other.memory.pageSize} bytes, and those before of ${one.memory.pageSize}: they are not compared`
      }]
      : []
    return differenceOf({
      before: foundOf(before, one, memory.failures.before, []),
      after: foundOf(after, other, memory.failures.after, sizes),
      pairs,
      unread,
      memory
    })
  }))
})

/** Command lines are among the sections; values of environments are not asked for. */
const sections = ["processes", "files", "mounts", "namespaces", "cgroups", "statistics", "images"] as const

interface Opened {
  readonly inspection: Inspection
  readonly memory: MemoryOfSide
}

const open = (found: FoundImages) =>
  Effect.all({ inspection: inspectImages(found, { sections }), memory: memoryOfSide(found.folder) })

const candidates = ({ inspection, memory }: Opened): ReadonlyArray<Candidate> =>
  (inspection.processes ?? []).map((process) => {
    const program = memory.processes.get(process.pid)?.program
    return program === undefined ? { process } : { process, program }
  })

const unreadIn = ({ inspection, memory }: Opened): Unread =>
  unreadOf(inspection, [...inspection.problems, ...memory.problems.map(problemOf)])

/** The memory of a process on one side, as far as there can be something like it on the other. */
const comparable = ({ memory }: Opened, pid: number, unread: Unread): ProcessSide | undefined => {
  const side = memory.processes.get(pid)
  if (side === undefined || unread.memory(pid)) return undefined
  return unread.mappedFiles ? { ...side, areas: side.areas.filter(({ fileId }) => fileId === undefined) } : side
}

const foundOf = (
  { checkpoint, folder }: FoundImages,
  { inspection, memory }: Opened,
  failures: ReadonlyArray<MemoryProblem>,
  others: ReadonlyArray<Problem>
): Found => ({
  side: {
    path: folder.path,
    ...(checkpoint === undefined ? {} : { checkpoint: { container: checkpoint.container, name: checkpoint.name } }),
    ...(checkpoint === undefined || checkpoint.created === "" ? {} : { created: checkpoint.created })
  },
  inspection,
  problems: [...[...memory.problems, ...failures].map(problemOf), ...others]
})

const problemOf = (error: MemoryProblem): Problem => {
  switch (error._tag) {
    case "ImageUnreadable":
      return { file: error.file, reason: error.reason }
    case "ImagesNotFound":
      return { file: "parent", reason: error.message }
    case "ProcessNotFound":
      return { file: `mm-${error.pid}.img`, reason: error.message }
    case "StorageFailed":
      return { file: error.path.slice(error.path.lastIndexOf("/") + 1), reason: error.message }
  }
}
