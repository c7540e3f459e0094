/** The use case that tells what a checkpoint holds of the memory of its processes. It reads no page. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { kinds } from "../domain/image/kinds.ts"
import { areaReport, type MemoryReport, type ProcessReport, sumOf } from "../domain/memory/MemoryReport.ts"
import type { Source } from "../domain/Source.ts"
import type { Ports } from "./Attempt.ts"
import { type FileNames, readFileNames } from "./fileNames.ts"
import { findImages, type FindImagesError } from "./findImages.ts"
import type { ImageFolder, Images } from "./Images.ts"
import {
  type MemoryError,
  memoryOf,
  type MemoryProblem,
  openMemories,
  type OpenMemory,
  pidsOf,
  type ProcessMemory
} from "./processMemory.ts"
import { hasImage, readValues } from "./readImage.ts"

/** Which of the memory is told of. */
export interface MemoryOptions {
  /** Of one process alone, by its pid in the images. */
  readonly pid?: number | undefined
}

/** The memory of the processes of a source. */
export const memory = Effect.fn("Checkpoints.memory")(function* (
  source: Source,
  options: MemoryOptions
): Effect.fn.Return<MemoryReport, FindImagesError | MemoryError, Ports> {
  const { folder } = yield* findImages(source)
  return yield* describeMemory(folder, options)
})

/**
 * The memory of the processes of a folder. Of one process that is asked for it fails where its areas cannot be read; of several, those
 * that can be read are told of.
 */
export const describeMemory = (
  folder: ImageFolder,
  { pid }: MemoryOptions
): Effect.Effect<MemoryReport, MemoryError, Images> =>
  Effect.scoped(Effect.gen(function* () {
    const open = yield* openMemories(folder)
    const problems: Array<MemoryProblem> = []
    const names = yield* Effect.catchAll(readFileNames(folder), (error) =>
      Effect.as(Effect.sync(() => problems.push(error)), new Map<number, string>() satisfies FileNames))
    const processes: Array<ProcessReport> = []
    for (const one of pid === undefined ? pidsOf(folder) : [pid]) {
      const memory = yield* Effect.either(memoryOf(open, one))
      if (Either.isRight(memory)) {
        problems.push(...memory.right.problems)
        processes.push(yield* reportOf(open, memory.right, names))
      } else if (pid !== undefined) {
        return yield* memory.left
      } else problems.push(memory.left)
    }
    return { path: folder.path, processes, problems: textsOf(problems) }
  }))

/** What is amiss in words, each once: a parent that is gone is so for every process. */
const textsOf = (problems: ReadonlyArray<MemoryProblem>): ReadonlyArray<string> =>
  Array.from(new Set(problems.map(({ message }) => message)))

const reportOf = (
  { chain: { folders: [folder] } }: OpenMemory,
  { areas, pageSize, pages, pid, sharedId }: ProcessMemory,
  names: FileNames
): Effect.Effect<ProcessReport> =>
  Effect.gen(function* () {
    const command = yield* commandOf(folder, pid)
    const reports = areas.map((area) =>
      areaReport(area, pages, area.fileId === undefined ? undefined : names.get(area.fileId), sharedId(area))
    )
    return { pid, ...(command === undefined ? {} : { command }), pageSize, ...sumOf(reports), areas: reports }
  })

/** The name of a process's first thread, where it can be read. */
const commandOf = (folder: ImageFolder, pid: number): Effect.Effect<string | undefined> => {
  const file = `core-${pid}.img`
  return hasImage(folder, file)
    ? Effect.match(readValues(folder, file, kinds.core), {
      onFailure: () => undefined,
      onSuccess: ([core]) => core?.tc?.comm
    })
    : Effect.succeed(undefined)
}
