/**
 * The use case that searches the memory of a checkpoint, that of one process or of all, in constant memory.
 *
 * What a process has for itself is searched process by process, in the order of pids and of addresses; then what several share, once,
 * however many have mapped it. A match lies in pages that were dumped and that lie together in memory, and never in both a process's
 * own pages and shared ones.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { type ImageUnreadable, InvalidPattern, type StorageFailed } from "../domain/CheckpointError.ts"
import { expression } from "../domain/memory/expression.ts"
import type { Matcher } from "../domain/memory/Matcher.ts"
import * as MemoryArea from "../domain/memory/MemoryArea.ts"
import { addressOf, type MemoryHit } from "../domain/memory/MemoryHit.ts"
import * as PageMap from "../domain/memory/PageMap.ts"
import { isSlow } from "../domain/memory/patience.ts"
import * as Pattern from "../domain/memory/Pattern.ts"
import type { Found } from "../domain/memory/Window.ts"
import type { Source } from "../domain/Source.ts"
import type { Ports } from "./Attempt.ts"
import { type FileNames, readFileNames } from "./fileNames.ts"
import { findImages, type FindImagesError } from "./findImages.ts"
import { type ImageFolder, Images } from "./Images.ts"
import {
  type MemoryError,
  memoryOf,
  type MemoryProblem,
  openMemories,
  type OpenMemory,
  pidsOf,
  type ProcessMemory
} from "./processMemory.ts"
import { makeSearcher, type Searcher, searchPages } from "./searchPages.ts"

/** How memory is searched. */
export interface SearchOptions {
  /** Only that of one process, by its pid in the images, with what it shares. */
  readonly pid?: number | undefined
  /** How many bytes around a match are given; 32 when left out, at most 65 536. */
  readonly context?: number | undefined
  /** How much is read at once, in bytes; two buffers of this are in memory. Four MiB when left out. */
  readonly chunk?: number | undefined
  /** Is told of what cannot be searched; the rest is. */
  readonly onProblem?: ((problem: MemoryProblem) => Effect.Effect<void>) | undefined
  /** Is told at the end how many bytes were searched, and how many the images call for but do not have. */
  readonly onEnd?: ((searched: Searched) => Effect.Effect<void>) | undefined
}

/** How much was searched, in bytes. */
interface Searched {
  readonly searched: number
  /** Left for a restore to fetch, or not there. */
  readonly unknown: number
}

/** The most bytes around a match that are given. */
const mostContext = 65_536

/** What a search can fail with. */
export type SearchError = InvalidPattern | MemoryError

/** Searches the memory of a source; each place once. */
export const search = (
  source: Source,
  pattern: Pattern.Pattern,
  options: SearchOptions
): Stream.Stream<MemoryHit, FindImagesError | SearchError, Ports> =>
  Stream.unwrap(Effect.map(findImages(source), ({ folder }) => searchMemory(folder, pattern, options))).pipe(
    Stream.withSpan("Checkpoints.search")
  )

/** Searches the memory in a folder of images. */
export const searchMemory = (
  folder: ImageFolder,
  pattern: Pattern.Pattern,
  options: SearchOptions
): Stream.Stream<MemoryHit, SearchError, Images> =>
  Stream.unwrapScoped(Effect.gen(function* () {
    const matcher = yield* readyMatcher(pattern)
    const open = yield* openMemories(folder)
    const context = Math.min(mostContext, Math.max(0, options.context ?? 32))
    const searcher = makeSearcher(matcher, context, Math.max(1, options.chunk ?? 4 * 1024 * 1024))
    const told = new Set<string>()
    const onProblem = (problem: MemoryProblem) => {
      if (told.has(problem.message)) return Effect.void
      told.add(problem.message)
      return options.onProblem?.(problem) ?? Effect.void
    }
    const names = yield* Effect.catchAll(readFileNames(folder), (error) =>
      Effect.as(onProblem(error), new Map<number, string>() satisfies FileNames))
    const count = yield* Ref.make<Searched>({ searched: 0, unknown: 0 })
    const mappings: Array<Mapping> = []
    const work: Work = { open, searcher, names, count, onProblem }
    // A process that was asked for and cannot be read is a failure, one of several a problem.
    const pids = options.pid === undefined ? pidsOf(folder) : [options.pid]
    const own = Stream.flatMap(Stream.fromIterable(pids), (pid) =>
      Stream.unwrap(
        memoryOf(open, pid).pipe(
          Effect.map((memory) => {
            for (const mapping of mappingsOf(memory)) {
              mappings.push(mapping)
            }
            return searchOwn(work, memory)
          }),
          Effect.catchAll((error) =>
            options.pid !== undefined ? Effect.fail(error) : Effect.as(onProblem(error), Stream.empty)
          )
        )
      ))
    const shared = Stream.suspend(() =>
      Stream.flatMap(
        Stream.fromIterable(options.pid === undefined ? sharedIds(folder, open, mappings) : idsOf(mappings)),
        (id) =>
          searchShared(work, id, mappings.filter((mapping) => mapping.id === id), options.pid !== undefined)
      )
    )
    const end = Stream.drain(Stream.fromEffect(
      Effect.flatMap(Ref.get(count), (searched) => options.onEnd?.(searched) ?? Effect.void)
    ))
    return Stream.concat(Stream.concat(own, shared), end)
  }))

const readyMatcher = (pattern: Pattern.Pattern): Effect.Effect<Matcher, InvalidPattern, Images> =>
  Effect.gen(function* () {
    const { views } = yield* Images
    const source = Pattern.sourceOf(pattern)
    const invalid = (reason: string) => new InvalidPattern({ pattern: source, reason })
    const matcher = yield* Either.mapLeft(Pattern.matcherOf(pattern, views), invalid)
    if (!("regex" in pattern)) return matcher
    // Whatever a match needs may be near by as well, so the expression is tried by itself.
    const alone = yield* Either.mapLeft(expression(source, views), invalid)
    const clock = yield* Effect.clock
    if (isSlow(alone, source, () => clock.unsafeCurrentTimeMillis())) {
      return yield* invalid("it tries too many ways to match the same bytes, and would take for ever")
    }
    return matcher
  })

interface Work {
  readonly open: OpenMemory
  readonly searcher: Searcher
  readonly names: FileNames
  readonly count: Ref.Ref<Searched>
  readonly onProblem: (problem: MemoryProblem) => Effect.Effect<void>
}

/** Shared memory in a process. */
interface Mapping {
  readonly id: bigint
  readonly pid: number
  readonly area: MemoryArea.MemoryArea
  /** What the process has of its own there: it wrote to a private mapping. */
  readonly own: PageMap.PageMap
}

const mappingsOf = ({ areas, ownPages, pid, sharedId }: ProcessMemory): ReadonlyArray<Mapping> =>
  areas.flatMap((area) => {
    const id = sharedId(area)
    if (id === undefined) return []
    return [{ id, pid, area, own: { ranges: PageMap.within(ownPages, area.start, area.end) } }]
  })

const idsOf = (mappings: ReadonlyArray<Mapping>): ReadonlySet<bigint> => new Set(mappings.map(({ id }) => id))

/** All that there is, what nobody has mapped included. */
const sharedIds = (
  { files }: ImageFolder,
  { shared }: OpenMemory,
  mappings: ReadonlyArray<Mapping>
): ReadonlySet<bigint> =>
  new Set([
    ...idsOf(mappings),
    ...files.flatMap(({ name }) => /^pagemap-shmem-(\d+)\.img$/.exec(name)?.[1] ?? []).map(BigInt),
    ...shared.segments.keys()
  ])

const searchOwn = (
  work: Work,
  { areas, ownPages, pid, problems }: ProcessMemory
): Stream.Stream<MemoryHit, ImageUnreadable | StorageFailed> =>
  Stream.map(searchMap(work, ownPages, problems), (found): MemoryHit => ({
    pid,
    ...hitOf(found),
    address: addressOf(found.address),
    ...areaOf(MemoryArea.at(areas, found.address), work.names),
    also: []
  }))

/** @param onlyMapped leaves out what no process of these has mapped */
const searchShared = (
  work: Work,
  id: bigint,
  mappings: ReadonlyArray<Mapping>,
  onlyMapped: boolean
): Stream.Stream<MemoryHit, ImageUnreadable | StorageFailed> =>
  Stream.unwrap(
    Effect.map(work.open.sharedPages(id), ({ pages, problems, unread }) =>
      Stream.mapConcat(
        searchMap(work, unread === undefined ? pages : unknownOf(mappings, unread), problems),
        (found) => {
          const places = mappings.flatMap(({ area, own, pid }) => {
            const address = found.address - area.offset + area.start
            return address < area.start || address >= area.end || PageMap.at(own, address) !== undefined
              ? []
              : [{ pid, address, area }]
          })
          const [first, ...rest] = places
          if (first === undefined && onlyMapped) {
            return []
          }
          const hit: MemoryHit = {
            ...(first === undefined ? {} : { pid: first.pid }),
            ...hitOf(found),
            address: addressOf(first?.address ?? found.address),
            ...areaOf(first?.area, work.names),
            also: rest.map(({ address, pid }) => ({ pid, address: addressOf(address) }))
          }
          return [hit]
        }
      ))
  )

/** All that anyone has mapped, of shared memory whose pages nothing tells of. */
const unknownOf = (mappings: ReadonlyArray<Mapping>, reason: string): PageMap.PageMap =>
  mappings.reduce(
    (map, { area }) =>
      PageMap.over(map, {
        ranges: [PageMap.missing(area.offset, area.offset + area.end - area.start, reason)]
      }),
    PageMap.empty
  )

const searchMap = (
  { count, onProblem, open, searcher }: Work,
  pages: PageMap.PageMap,
  problems: ReadonlyArray<MemoryProblem>
) =>
  Stream.unwrap(Effect.gen(function* () {
    yield* Effect.forEach(problems, onProblem, { discard: true })
    const dumped = pages.ranges.filter(PageMap.isDumped)
    const sizeOf = (ranges: ReadonlyArray<PageMap.PageRange>) =>
      Number(ranges.reduce((sum, { end, start }) => sum + (end - start), 0n))
    const known = sizeOf(dumped)
    const unknown = sizeOf(pages.ranges) - known
    yield* Ref.update(count, (sum) => ({ searched: sum.searched + known, unknown: sum.unknown + unknown }))
    return searchPages(searcher, open.readPages, dumped)
  }))

const hitOf = ({ after, before, match }: Found) => ({ length: match.length, before, match, after })

const areaOf = (area: MemoryArea.MemoryArea | undefined, names: FileNames): Pick<MemoryHit, "area"> => {
  if (area === undefined) return {}
  const file = area.fileId === undefined ? undefined : names.get(area.fileId)
  const { kind, protection } = area
  return {
    area: {
      start: addressOf(area.start),
      end: addressOf(area.end),
      kind,
      protection,
      ...(file === undefined ? {} : { file })
    }
  }
}
