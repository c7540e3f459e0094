/**
 * The memory of the processes of a folder of images, summed up as it is read, so that no more than one process's areas and page map
 * are held for each reader; with what of it tells how a process was started.
 */
import * as Effect from "effect/Effect"
import { kinds } from "../domain/image/kinds.ts"
import { commandLineOf, environmentOf } from "../domain/inspection/commandLineOf.ts"
import type { SharedMemory } from "../domain/inspection/Memory.ts"
import { type MemorySummary, sharedOf, summaryOf } from "../domain/inspection/memoryOf.ts"
import type { MemoryUse } from "../domain/inspection/MemoryUse.ts"
import type { Variable } from "../domain/inspection/Process.ts"
import type { ImageReading } from "./ImageReading.ts"
import type { Images } from "./Images.ts"
import { memoryOf, openMemories, type OpenMemory, type ProcessMemory } from "./processMemory.ts"

/** What a process needs of its memory to be shown: how much it is, and what it says of how it was started. */
export interface MemoryOfOne {
  /** What it comes to. */
  readonly use: MemoryUse
  readonly executableId: number
  readonly commandLine: ReadonlyArray<string> | undefined
  readonly environment: ReadonlyArray<Variable> | undefined
}

/** The memory of all processes. */
export interface Memories {
  readonly summaries: ReadonlyArray<MemorySummary>
  readonly shared: ReadonlyArray<SharedMemory>
  /** By their pids; empty where it was not asked for. */
  readonly ofProcesses: ReadonlyMap<number, MemoryOfOne>
}

/**
 * Reads the memory of some processes.
 *
 * @param start whether to read how they were started, and then whether the values of their environments
 */
export const readMemories = (
  reading: ImageReading,
  pids: ReadonlyArray<number>,
  start: { readonly values: boolean } | undefined
): Effect.Effect<Memories, never, Images> =>
  Effect.scoped(Effect.gen(function* () {
    const open = yield* openMemories(reading.folder)
    const read = yield* Effect.forEach(pids, (pid) => readOne(reading, open, pid, start), { concurrency: 4 })
    const summaries = read.flatMap((one) => one === undefined ? [] : [one.summary])
    return {
      summaries,
      shared: yield* readShared(reading, open, summaries),
      ofProcesses: new Map(read.flatMap((one) => one?.started === undefined ? [] : [[one.pid, one.started] as const]))
    }
  }))

const readOne = (
  reading: ImageReading,
  open: OpenMemory,
  pid: number,
  start: { readonly values: boolean } | undefined
) =>
  Effect.gen(function* () {
    const memory = yield* reading.attempt(memoryOf(open, pid))
    if (memory === undefined) return undefined
    yield* Effect.forEach(memory.problems, reading.tell, { discard: true })
    const summary = summaryOf(memory)
    const started = start === undefined
      ? undefined
      : yield* readStart(reading, memory, summary.process.total, start.values)
    return { pid, summary, started }
  })

const readShared = (reading: ImageReading, open: OpenMemory, summaries: ReadonlyArray<MemorySummary>) => {
  const ids = new Set([
    ...reading.filesOf(kinds.shmem_pagemap).map(([, id]) => BigInt(id)),
    ...open.shared.segments.keys()
  ])
  return Effect.forEach(ids, (id) =>
    Effect.gen(function* () {
      const { pages, problems } = yield* open.sharedPages(id)
      yield* Effect.forEach(problems, reading.tell, { discard: true })
      return sharedOf(id, pages, summaries)
    }))
}

const readStart = (
  reading: ImageReading,
  memory: ProcessMemory,
  total: MemoryUse,
  withValues: boolean
): Effect.Effect<MemoryOfOne> =>
  Effect.gen(function* () {
    const { exe_file_id, mm_arg_end, mm_arg_start, mm_env_end, mm_env_start } = memory.mm
    const args = yield* readText(reading, memory, mm_arg_start, mm_arg_end)
    const variables = yield* readText(reading, memory, mm_env_start, mm_env_end)
    return {
      use: total,
      executableId: exe_file_id,
      commandLine: args === undefined ? undefined : commandLineOf(args),
      environment: variables === undefined ? undefined : environmentOf(variables, withValues)
    }
  })

/** The kernel takes no more than a quarter of the bound on the stack, which by default is this (execve(2)). */
const longest = 2 * 1024 * 1024

/** Nothing where any of it is not in the images, or where the addresses make no sense. */
const readText = (reading: ImageReading, memory: ProcessMemory, start: bigint, end: bigint) =>
  Effect.gen(function* () {
    const length = Number(end - start)
    if (length < 0 || length > longest) return undefined
    if (length === 0) return new Uint8Array()
    const pieces = yield* reading.attempt(memory.read(start, length))
    const [piece] = pieces ?? []
    return piece?.bytes.byteLength === length ? piece.bytes : undefined
  })
