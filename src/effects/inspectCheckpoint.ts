/**
 * Looking into a checkpoint: an overview, and the sections that are asked for. Only the images that these need are read, and of
 * memory no more than command lines and environments.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { TaskKobjIdsEntry } from "../domain/image/message/Core.ts"
import { kinds } from "../domain/image/kinds.ts"
import { cgroupsOf } from "../domain/inspection/cgroupsOf.ts"
import * as DumpFigures from "../domain/inspection/DumpFigures.ts"
import { filesOf } from "../domain/inspection/filesOf.ts"
import type { Inspection } from "../domain/inspection/Inspection.ts"
import { mountsOf } from "../domain/inspection/mountsOf.ts"
import { totalOf } from "../domain/inspection/memoryOf.ts"
import { overviewOf } from "../domain/inspection/overviewOf.ts"
import { type Section, sections as everySection } from "../domain/inspection/Section.ts"
import type { Source } from "../domain/Source.ts"
import type { Ports } from "./Attempt.ts"
import { findImages, type FindImagesError, type FoundImages } from "./findImages.ts"
import * as ImageReading from "./ImageReading.ts"
import { Images } from "./Images.ts"
import { imageSizes } from "./inspectImageSizes.ts"
import { readMemories } from "./inspectMemory.ts"
import { readNamespaces } from "./inspectNamespaces.ts"
import { readOpenFiles } from "./inspectOpenFiles.ts"
import { readProcess, readTree, type TreeRead } from "./inspectProcesses.ts"
import { getCheckpoint } from "./readCheckpoints.ts"
import { hasImage } from "./readImage.ts"
import * as Telemetry from "./telemetry.ts"

/** What is to be looked into. */
export interface InspectOptions {
  /** All, unless some are named. */
  readonly sections?: ReadonlyArray<Section>
  /** Whether the values of environments are shown, and not only the names. */
  readonly environment?: boolean
}

/** Looks into the checkpoint or folder that a source means; into a checkpoint also where its `inventory.img` is gone. */
export const inspectCheckpoint = Effect.fn("Checkpoints.inspect")(function* (
  source: Source,
  options: InspectOptions
): Effect.fn.Return<Inspection, FindImagesError, Ports> {
  if ("path" in source) return yield* inspectImages(yield* findImages(source), options)
  const { container, name, ...read } = source
  return yield* inspectRecorded(yield* getCheckpoint(container, name, read), options)
}, Telemetry.counted("inspect"))

/** Looks into a checkpoint; of one whose folder cannot be looked into its record is left, and why. */
export const inspectRecorded = (
  checkpoint: Checkpoint,
  options: InspectOptions
): Effect.Effect<Inspection, never, Images> =>
  Effect.gen(function* () {
    const folder = yield* Effect.either((yield* Images).openDamaged(checkpoint.path))
    return Either.isRight(folder)
      ? yield* inspectImages({ folder: folder.right, checkpoint }, options)
      : { checkpoint, problems: [{ file: checkpoint.path, reason: folder.left.message }] }
  })

/** Looks into images that were found. Damaged ones are told among the problems, and stop nothing. */
export const inspectImages = (
  found: FoundImages,
  { environment = false, sections = everySection }: InspectOptions = {}
): Effect.Effect<Inspection, never, Images> =>
  hasImage(found.folder, "inventory.img") || hasImage(found.folder, "pstree.img")
    ? lookInto(found, sections, environment)
    : Effect.succeed({
      ...(found.checkpoint === undefined ? {} : { checkpoint: found.checkpoint }),
      problems: [{ file: "inventory.img", reason: "it is not there" }]
    })

const lookInto = Effect.fnUntraced(function* (
  { checkpoint, folder }: FoundImages,
  sections: ReadonlyArray<Section>,
  environment: boolean
): Effect.fn.Return<Inspection, never, Images> {
  const reading = ImageReading.make(folder)
  const has = (section: Section) => sections.includes(section)
  const [inventory] = yield* reading.values("inventory.img", kinds.inventory)
  const tree = yield* readTree(reading, inventory)
  const files = yield* reading.values("files.img", kinds.files)
  const memories = yield* readMemories(reading, tree.living, has("processes") ? { values: environment } : undefined)
  const [stats] = yield* reading.valuesIfAny("stats-dump", kinds.stats)
  const [cgroups] = has("processes") || has("cgroups") ? yield* reading.valuesIfAny("cgroup.img", kinds.cgroup) : []
  const paths = new Map(files.flatMap(({ id, reg }) => reg === undefined ? [] : [[id, reg.name] as const]))
  const chosen = yield* Effect.all({
    processes: when(
      has("processes"),
      Effect.forEach(
        tree.processes,
        (process) =>
          readProcess(reading, process, memories.ofProcesses.get(process.entry.pid), {
            cgroups,
            pathOf: (id) => paths.get(id)
          }),
        { concurrency: 8 }
      )
    ),
    files: when(
      has("files"),
      Effect.map(readOpenFiles(reading, files, tree), (read) => filesOf(tree.tables, read))
    ),
    mounts: when(has("mounts"), readMounts(reading)),
    namespaces: when(has("namespaces"), readNamespaces(reading, members(tree), inventory?.root_ids)),
    images: when(has("images"), imageSizes(reading))
  })
  const overview = overviewOf({
    path: folder.path,
    parent: folder.parent,
    inventory,
    tree: tree.processes.map(({ entry }) => entry),
    cores: new Map(tree.processes.flatMap(({ core, entry }) => core === undefined ? [] : [[entry.pid, core] as const])),
    tables: tree.tables,
    files,
    memory: totalOf(memories.summaries, memories.shared),
    images: folder.files,
    frozenMicros: stats?.dump?.frozen_time
  })
  const { images, mounts, namespaces, processes } = chosen
  return {
    ...(checkpoint === undefined ? {} : { checkpoint }),
    overview,
    ...(processes === undefined ? {} : { processes }),
    ...(has("memory")
      ? { memory: { processes: memories.summaries.map(({ process }) => process), shared: memories.shared } }
      : {}),
    ...(chosen.files === undefined ? {} : { files: chosen.files }),
    ...(mounts === undefined ? {} : { mounts }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(has("cgroups") ? { cgroups: cgroupsOf(cgroups ?? { sets: [], controllers: [] }, membersOfSets(tree)) } : {}),
    ...(has("statistics") && stats?.dump !== undefined ? { statistics: DumpFigures.of(stats.dump) } : {}),
    ...(images === undefined ? {} : { images }),
    problems: yield* reading.problems
  }
})

const when = <A, R>(wanted: boolean, effect: Effect.Effect<A, never, R>): Effect.Effect<A | undefined, never, R> =>
  wanted ? effect : Effect.succeed(undefined)

const readMounts = (reading: ImageReading.ImageReading) =>
  Effect.map(
    Effect.forEach(
      reading.filesOf(kinds.mnts),
      ([file, id]) => Effect.map(reading.values(file, kinds.mnts), (entries) => mountsOf(Number(id), entries))
    ),
    (lists) => lists.flat()
  )

const members = (tree: TreeRead): ReadonlyArray<{ readonly pid: number; readonly ids: TaskKobjIdsEntry }> =>
  tree.processes.flatMap(({ entry, ids }) => ids === undefined ? [] : [{ pid: entry.pid, ids }])

const membersOfSets = (tree: TreeRead): ReadonlyMap<number, ReadonlyArray<number>> => {
  const found = new Map<number, Array<number>>()
  for (const { core, entry } of tree.processes) {
    const set = core?.thread_core?.cg_set ?? core?.tc?.cg_set
    if (set === undefined) continue
    const known = found.get(set)
    if (known === undefined) found.set(set, [entry.pid])
    else known.push(entry.pid)
  }
  return found
}
