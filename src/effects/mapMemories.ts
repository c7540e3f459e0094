/** Doing something with the memory of each process of a folder, one after the other, so that only one is held at a time. */
import * as Effect from "effect/Effect"
import { type FileNames, readFileNames } from "./fileNames.ts"
import type { ImageFolder, Images } from "./Images.ts"
import { memoryOf, openMemories, pidsOf, type ProcessMemory } from "./processMemory.ts"

/**
 * What a function gives for the memory of each process, by pid. Those whose memory cannot be read are left out: why is for
 * `inspectCheckpoint.ts` to tell.
 */
export const mapMemories = <A>(
  folder: ImageFolder,
  use: (memory: ProcessMemory, names: FileNames) => A
): Effect.Effect<ReadonlyMap<number, A>, never, Images> =>
  Effect.scoped(Effect.gen(function* () {
    const open = yield* openMemories(folder)
    const names = yield* Effect.orElseSucceed(readFileNames(folder), (): FileNames => new Map())
    const found = new Map<number, A>()
    for (const pid of pidsOf(folder)) {
      const memory = yield* Effect.option(memoryOf(open, pid))
      if (memory._tag === "Some") found.set(pid, use(memory.value, names))
    }
    return found
  }))
