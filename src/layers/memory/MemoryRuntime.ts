/**
 * The `Runtime` of an in-memory world: a dump keeps the container's state under the image path, a restore reads it back
 * from there.
 *
 * It fails where the images cannot be kept, and then the container goes on as it was.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Capabilities } from "../../domain/Capabilities.ts"
import { CheckpointDamaged, OptionUnsupported, RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { OpenFile } from "../../domain/CheckpointConfig.ts"
import { type Container, isLive } from "../../domain/Container.ts"
import type { Statistics } from "../../domain/Statistics.ts"
import type { Depth, Survey } from "../../domain/Survey.ts"
import type { Dumped, DumpRequest, PreDumpRequest, RestoreRequest, Runtime } from "../../effects/Runtime.ts"
import * as CounterProcess from "./CounterProcess.ts"
import type { Faults } from "./Faults.ts"
import type { Memory, MemoryContainers } from "./MemoryContainers.ts"
import type { MemoryImages } from "./MemoryImages.ts"

/** How the runtime behaves. */
export interface RuntimeOptions {
  /** It stops a container in the dump, as a daemon does, and cannot leave it paused. */
  readonly stopsByItself?: boolean
  /** Options that it refuses, each with the reason. */
  readonly unsupported?: Readonly<Record<string, string>>
}

/** The runtime of these containers, whose open files are in a file system and whose images are kept elsewhere. */
export const make = (
  containers: MemoryContainers,
  fs: FileSystem.FileSystem,
  images: MemoryImages,
  faults: Faults,
  options: RuntimeOptions = {}
): Context.Tag.Service<Runtime> => {
  const unsupported: Readonly<Record<string, string>> = {
    oci: "it makes no processes",
    criu: "it makes no processes",
    ...options.unsupported
  }
  const capabilities: Capabilities = {
    runtime: name,
    findings: [{ subject: "memory", verdict: "ok", detail: "containers are kept in the memory of this process" }],
    unsupported
  }
  const world: World = { containers, fs, images }
  return {
    name,
    stopsByItself: options.stopsByItself ?? false,
    capabilities: Effect.succeed(capabilities),
    checkOptions: (_, asked) =>
      faults.around(
        "Runtime.checkOptions",
        Effect.suspend(() => {
          const refused = Object.entries(asked).find(([option, value]) => value !== undefined && option in unsupported)
          return refused === undefined ? Effect.void : new OptionUnsupported({
            option: refused[0],
            runtime: name,
            detail: unsupported[refused[0]] ?? "",
            supportedBy: refused[0] === "oci" ? ["runc", "crun"] : refused[0] === "criu" ? ["criu"] : []
          })
        })
      ),
    residentBytes: (container) =>
      faults.around(
        "Runtime.residentBytes",
        Effect.clockWith((clock) => {
          const memory = containers.memory(clock.unsafeCurrentTimeMillis(), container.id)
          return memory === undefined ? gone("inspect", container) : Effect.succeed(memory.memory)
        })
      ),
    settle: () => faults.around("Runtime.settle", Effect.void),
    survey: (container, depth) =>
      faults.around(
        "Runtime.survey",
        Effect.clockWith((clock) => {
          const memory = containers.memory(clock.unsafeCurrentTimeMillis(), container.id)
          return memory === undefined
            ? gone("checkpoint", container)
            : Effect.succeed(surveyOf(containers, memory, depth))
        })
      ),
    preDump: (container, request) =>
      Effect.uninterruptible(faults.around("Runtime.preDump", preDump(world, container, request))),
    checkpoint: (container, request) =>
      Effect.uninterruptible(faults.around("Runtime.checkpoint", dump(world, container, request))),
    checkRestore: (container, request) =>
      faults.around("Runtime.checkRestore", checkRestore(world, container, request)),
    restore: (container, request) =>
      Effect.uninterruptible(
        faults.around(
          "Runtime.restore",
          restore(world, container, request, faults.around("LazyPages.serve", Effect.void))
        )
      ),
    pause: (container) =>
      faults.around(
        "Runtime.pause",
        change("pause", container, (now) => containers.setPaused(now, container.id, true))
      ),
    resume: (container) =>
      faults.around(
        "Runtime.resume",
        change("resume", container, (now) => containers.setPaused(now, container.id, false))
      ),
    stop: (container) =>
      faults.around("Runtime.stop", change("stop", container, (now) => containers.stop(now, container.id))),
    lockedNetwork: ({ id }) => Effect.sync(() => Option.fromNullable(containers.lockedNetwork(id))),
    unlockNetwork: (_, network) =>
      faults.around("Runtime.unlockNetwork", Effect.sync(() => containers.unlockNetwork(network)))
  }
}

const name = "memory"

interface World {
  readonly containers: MemoryContainers
  readonly fs: FileSystem.FileSystem
  readonly images: MemoryImages
}

const surveyOf = (containers: MemoryContainers, { id, memory }: Memory, depth: Depth): Survey => ({
  depth,
  processes: [{ pid: containers.get(id)?.process?.pid ?? 0, name: id, session: 0, uid: 0, state: "S" }],
  resources: containers.resources(id),
  unseen: [],
  bytes: memory
})

const dump = (world: World, container: Container, request: DumpRequest) =>
  Effect.gen(function* () {
    const { containers } = world
    const { id } = container
    const started = yield* Clock.currentTimeMillis
    const now = containers.get(id)
    const memory = containers.memory(started, id)
    if (now === undefined || memory === undefined || !isLive(now)) return yield* gone("checkpoint", container)
    containers.freeze(started, id, true)
    const dumped = yield* write(world, memory, request, started).pipe(
      Effect.mapError((error) => failed("checkpoint", container, error)),
      Effect.ensuring(
        Effect.clockWith((clock) => Effect.sync(() => containers.freeze(clock.unsafeCurrentTimeMillis(), id, false)))
      )
    )
    const ended = yield* Clock.currentTimeMillis
    if (request.after === "stopped") {
      if (request.options.tcpEstablished === true) containers.lockNetwork(id)
      containers.stop(ended, id)
    } else containers.setPaused(ended, id, request.after === "paused")
    return { ...dumped, warnings: [] } satisfies Dumped
  })

/** The memory alone, of a container that goes on. */
const preDump = ({ containers, images }: World, container: Container, { imagePath }: PreDumpRequest) =>
  Effect.gen(function* () {
    const memory = containers.memory(yield* Clock.currentTimeMillis, container.id)
    if (memory === undefined) return yield* gone("pre-dump", container)
    yield* Effect.mapError(images.writePreDump(imagePath, memory), (error) => failed("pre-dump", container, error))
  })

/** Writes the images in CRIU's order: the inventory last, for with it a dump is whole. */
const write = (
  { fs, images }: World,
  memory: Memory,
  { imagePath, parentPath, report, workPath }: DumpRequest,
  started: number
) =>
  Effect.gen(function* () {
    const files = memory.files.length === 0 ? [] : yield* Effect.forEach(memory.files, (path) => openFile(fs, path))
    yield* images.writePages(imagePath, memory, parentPath)
    yield* report({ step: "dumping", bytes: memory.memory, total: memory.memory })
    yield* images.writeLog(`${workPath}/dump.log`, "Dumping finished successfully\n")
    yield* images.writeInventory(imagePath, memory)
    const statistics = measured((yield* Clock.currentTimeMillis) - started, CounterProcess.pagesOf(memory))
    yield* images.writeStatistics(workPath, statistics)
    return { statistics, files }
  })

const openFile = (fs: FileSystem.FileSystem, path: string): Effect.Effect<OpenFile, PlatformError> =>
  Effect.map(fs.stat(path), ({ mtime, size }) => ({
    path,
    size: Number(size),
    ...(Option.isSome(mtime) ? { modified: mtime.value.getTime() } : {})
  }))

const measured = (frozenMillis: number, pages: number): Statistics => ({
  freezingMicros: 0,
  frozenMicros: frozenMillis * 1000,
  memoryDumpMicros: 0,
  memoryWriteMicros: 0,
  pagesScanned: pages,
  pagesSkippedParent: 0,
  pagesWritten: pages
})

const checkRestore = (
  world: World,
  container: Container,
  { checkpoint }: Pick<RestoreRequest, "checkpoint">
) =>
  Effect.gen(function* () {
    yield* Effect.mapError(world.images.readFrozen(checkpoint.path), (detail) =>
      new CheckpointDamaged({
        container: checkpoint.container,
        checkpoint: checkpoint.name,
        path: checkpoint.path,
        detail
      }))
    yield* Effect.forEach(checkpoint.record?.files ?? [], (file) => checkFile(world, container, file), {
      discard: true
    })
  })

/** CRIU refuses a file that has changed. */
const checkFile = ({ fs }: World, container: Container, recorded: OpenFile) =>
  Effect.matchEffect(openFile(fs, recorded.path), {
    onFailure: () => refuse("restore", container, "FileMissing", `"${recorded.path}" is missing`),
    onSuccess: (found) =>
      found.size === recorded.size && found.modified === recorded.modified
        ? Effect.void
        : refuse("restore", container, "FileChanged", `"${recorded.path}" has changed since the checkpoint`)
  })

const restore = (
  world: World,
  container: Container,
  request: RestoreRequest,
  pages: Effect.Effect<void, RuntimeFailed>
) =>
  Effect.gen(function* () {
    const { containers, images } = world
    const { checkpoint, report, workPath } = request
    const now = containers.get(container.id)
    if (now !== undefined && isLive(now)) {
      return yield* refuse("restore", container, "PidConflict", "a container of this id runs already")
    }
    const memory = yield* Effect.catchAll(world.images.readFrozen(checkpoint.path), (detail) =>
      refuse("restore", container, "FileMissing", detail))
    yield* Effect.forEach(checkpoint.record?.files ?? [], (file) =>
      checkFile(world, container, file), { discard: true })
    yield* Effect.mapError(images.writeLog(`${workPath}/restore.log`, "Restore finished successfully\n"), (error) =>
      failed("restore", container, error))
    const [none, all] = [{ bytes: 0, total: memory.memory }, { bytes: memory.memory, total: memory.memory }]
    const lazy = request.options.lazyPages === true
    yield* report({ step: "restoring", ...(lazy ? none : all) })
    containers.revive(yield* Clock.currentTimeMillis, { ...memory, id: container.id }, request.after)
    if (!lazy) {
      return
    }
    yield* report({ step: "paging", ...none })
    yield* Effect.tapError(
      pages,
      () =>
        Effect.clockWith((clock) =>
          Effect.sync(() => containers.stop(clock.unsafeCurrentTimeMillis(), container.id))
        )
    )
    yield* report({
      step: "paging",
      bytes: Math.max(memory.memory, checkpoint.record?.bytes ?? 0),
      total: memory.memory
    })
  })

type RuntimeOperation = RuntimeFailed["operation"]

const change = (operation: RuntimeOperation, container: Container, act: (now: number) => boolean) =>
  Effect.clockWith((clock) =>
    Effect.suspend(() =>
      act(clock.unsafeCurrentTimeMillis())
        ? Effect.void
        : refuse(operation, container, "ContainerGone", "it is not in the state for that")
    )
  )

const refuse = (operation: RuntimeOperation, container: Container, reason: RuntimeFailed["reason"], detail: string) =>
  Effect.fail(
    new RuntimeFailed({ operation, container: container.name ?? container.id, runtime: name, reason, detail })
  )

const gone = (operation: RuntimeOperation, container: Container) =>
  refuse(operation, container, "ContainerGone", "it does not run")

const failed = (operation: RuntimeOperation, container: Container, error: PlatformError | string): RuntimeFailed =>
  new RuntimeFailed({
    operation,
    container: container.name ?? container.id,
    runtime: name,
    reason: typeof error !== "string" && codeOf(error) === "ENOSPC" ? "NoSpace" : "Unknown",
    detail: typeof error === "string" ? error : error.message
  })

const codeOf = ({ cause }: PlatformError): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
