/**
 * The use cases, as one service: what a program, a command line or a server calls.
 *
 * `layer` builds it from the ports of a local world; a remote world implements it itself.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type {
  CreateOptions,
  ReadOptions,
  RemoveOptions,
  RestoreOptions,
  SealOptions
} from "../domain/CheckpointOptions.ts"
import type { Difference } from "../domain/difference/Difference.ts"
import type { Inspection } from "../domain/inspection/Inspection.ts"
import type { MemoryHit } from "../domain/memory/MemoryHit.ts"
import type { MemoryReport } from "../domain/memory/MemoryReport.ts"
import type { Pattern } from "../domain/memory/Pattern.ts"
import type { Created, Recovered, Removed, Restored, Sealed } from "../domain/Outcome.ts"
import type { Preflight } from "../domain/Preflight.ts"
import type { Source } from "../domain/Source.ts"
import type { Verification } from "../domain/verification/Verification.ts"
import type { Ports } from "./Attempt.ts"
import { createCheckpoint, type CreateError } from "./createCheckpoint.ts"
import { memory as readMemory, type MemoryOptions } from "./describeMemory.ts"
import { diffCheckpoints, type DiffOptions } from "./diffCheckpoints.ts"
import type { FindImagesError } from "./findImages.ts"
import type { Hooks } from "./Hooks.ts"
import { inspectCheckpoint, type InspectOptions } from "./inspectCheckpoint.ts"
import * as Operation from "./Operation.ts"
import type { MemoryError } from "./processMemory.ts"
import { preflight as preflightCheckpoint, type PreflightError } from "./preflight.ts"
import { checkpointNames, getCheckpoint, type GetError, listCheckpoints, type ListError } from "./readCheckpoints.ts"
import { recoverContainers, type RecoverError, type RecoverOptions } from "./recoverContainers.ts"
import { search as searchMemory, type SearchError, type SearchOptions } from "./searchMemory.ts"
import { removeCheckpoint, type RemoveError } from "./removeCheckpoint.ts"
import { restoreCheckpoint, type RestoreError } from "./restoreCheckpoint.ts"
import { sealCheckpoint, type SealError } from "./sealCheckpoint.ts"
import { verifyCheckpoint } from "./verifyCheckpoint.ts"

/** The use cases. A container is named by its id, its name, or an unambiguous prefix of its id. */
export class Checkpoints extends Context.Tag("stasis/Checkpoints")<Checkpoints, {
  /**
   * Checkpoints a running or paused container under a name, and stops it unless `leaveRunning` is set. On
   * failure the container goes on as it was. Interrupting it before the freeze cancels; during the dump it
   * waits for the dump's end and rolls back. The hooks `beforeFreeze` and `afterDump` are told.
   */
  readonly create: (
    container: string,
    name: string,
    options?: CreateOptions,
    hooks?: Hooks
  ) => Effect.Effect<Created, CreateError>
  /** The same, begun: gives the running operation at once. */
  readonly beginCreate: (
    container: string,
    name: string,
    options?: CreateOptions,
    hooks?: Hooks
  ) => Effect.Effect<Operation.Operation<Created, CreateError>>
  /** Says whether a create would succeed, which options it needs, and why. Freezes, holds and changes nothing. */
  readonly preflight: (
    container: string,
    name?: string,
    options?: CreateOptions
  ) => Effect.Effect<Preflight, PreflightError>
  /** Every checkpoint of a container, or of all containers, sorted by name; damaged ones are listed as damaged. */
  readonly list: (container?: string, options?: ReadOptions) => Effect.Effect<ReadonlyArray<Checkpoint>, ListError>
  /** The names in a container's checkpoint directory that may be checkpoints, sorted, without looking into them. */
  readonly names: (container: string, options?: ReadOptions) => Effect.Effect<ReadonlyArray<CheckpointName>, ListError>
  /** One checkpoint. */
  readonly get: (container: string, name: string, options?: ReadOptions) => Effect.Effect<Checkpoint, GetError>
  /** Removes exactly one checkpoint; what is not a checkpoint is refused, links are never followed. */
  readonly remove: (container: string, name: string, options?: RemoveOptions) => Effect.Effect<Removed, RemoveError>
  /**
   * Brings a container back to where it was; the checkpoint stays. The hook `afterRestore` is told; the two of create are told of the
   * safety checkpoint that `replace` takes.
   */
  readonly restore: (
    container: string,
    name: string,
    options?: RestoreOptions,
    hooks?: Hooks
  ) => Effect.Effect<Restored, RestoreError>
  /** The same, begun: gives the running operation at once. */
  readonly beginRestore: (
    container: string,
    name: string,
    options?: RestoreOptions,
    hooks?: Hooks
  ) => Effect.Effect<Operation.Operation<Restored, RestoreError>>
  /**
   * Ends what interrupted operations on a container, or on any, left: published, swept, or kept and named. A network that CRIU left
   * locked is unlocked where the container runs again, or where no checkpoint of it would go on with its connections.
   */
  readonly recover: (
    container?: string,
    options?: RecoverOptions
  ) => Effect.Effect<ReadonlyArray<Recovered>, RecoverError>
  /** What is in a checkpoint, or in any folder of images: an overview, and the sections that are asked for, all by default. */
  readonly inspect: (source: Source, options?: InspectOptions) => Effect.Effect<Inspection, FindImagesError>
  /** What changed from one checkpoint, or folder of images, to another: processes, what they have open, and their memory. */
  readonly diff: (
    before: Source,
    after: Source,
    options?: DiffOptions
  ) => Effect.Effect<Difference, FindImagesError>
  /**
   * Says whether the images of a checkpoint, or of any folder, are whole, what is wrong, and whether a restore could still work. Of
   * a sealed one each byte is read.
   */
  readonly verify: (source: Source) => Effect.Effect<Verification, FindImagesError>
  /** Records a digest of every file of a checkpoint beside them. What is damaged is refused. */
  readonly seal: (container: string, name: string, options?: SealOptions) => Effect.Effect<Sealed, SealError>
  /** What a checkpoint, or any folder of images, holds of the memory of its processes. Reads no page. */
  readonly memory: (
    source: Source,
    options?: MemoryOptions
  ) => Effect.Effect<MemoryReport, FindImagesError | MemoryError>
  /** The places in that memory where something is, as they are found. */
  readonly search: (
    source: Source,
    pattern: Pattern,
    options?: SearchOptions
  ) => Stream.Stream<MemoryHit, FindImagesError | SearchError>
}>() {}

/**
 * The use cases over the ports of a local world. It is built anew for each world: layers are shared by their identity, and
 * a program that has two worlds would get the use cases of the first one twice.
 */
export const layer: Layer.Layer<Checkpoints, never, Ports> = Layer.fresh(Layer.effect(
  Checkpoints,
  Effect.gen(function* () {
    const ports = yield* Effect.context<Ports>()
    const provide = Effect.provide(ports)
    const beginCreate = (container: string, name: string, options: CreateOptions = {}, hooks?: Hooks) =>
      provide(Operation.begin((report, id) => createCheckpoint(container, name, options, report, id, hooks)))
    const beginRestore = (container: string, name: string, options: RestoreOptions = {}, hooks?: Hooks) =>
      provide(Operation.begin((report) => restoreCheckpoint(container, name, options, report, hooks)))
    return {
      create: (container, name, options = {}, hooks) =>
        provide(
          Effect.flatMap(
            Operation.randomId,
            (id) => createCheckpoint(container, name, options, Operation.unwatched, id, hooks)
          )
        ),
      beginCreate,
      preflight: (container, name, options = {}) => provide(preflightCheckpoint(container, name, options)),
      list: (container, options = {}) => provide(listCheckpoints(container, options)),
      names: (container, options = {}) => provide(checkpointNames(container, options)),
      get: (container, name, options = {}) => provide(getCheckpoint(container, name, options)),
      remove: (container, name, options = {}) => provide(removeCheckpoint(container, name, options)),
      restore: (container, name, options = {}, hooks) =>
        provide(restoreCheckpoint(container, name, options, Operation.unwatched, hooks)),
      beginRestore,
      recover: (container, options = {}) => provide(recoverContainers(container, options)),
      inspect: (source, options = {}) => provide(inspectCheckpoint(source, options)),
      diff: (before, after, options = {}) => provide(diffCheckpoints(before, after, options)),
      verify: (source) => provide(verifyCheckpoint(source)),
      seal: (container, name, options = {}) => provide(sealCheckpoint(container, name, options)),
      memory: (source, options = {}) => provide(readMemory(source, options)),
      search: (source, pattern, options = {}) => Stream.provideContext(searchMemory(source, pattern, options), ports)
    }
  })
))

/**
 * Checkpoints a running or paused container under a name, and stops it unless `leaveRunning` is set.
 *
 * The name matches `^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`, is at most 255 bytes and does not end in a dot (the rules of the Docker daemon).
 * The result has the checkpoint with its record (`bytes`, `statistics.frozenMicros` in microseconds), the state of the container as
 * it was looked up afterwards, and warnings in words. On failure the container goes on as it was, and nothing of the attempt is
 * listed.
 *
 * Hooks are effects: `beforeFreeze` lets the program prepare, and cancels the checkpoint with `HookFailed` when it fails or takes
 * longer than `timeout`; `afterDump` is told once how it ended, when the container goes on or has been stopped.
 *
 * Fails with `InvalidCheckpointName`, `InvalidCheckpointDirectory` or `OptionUnsupported` before anything is touched; with
 * `ContainerNotFound`, `AmbiguousContainer` or `ContainerNotRunning`; with `CheckpointExists`, `CheckpointBusy` or `TimedOut`; with
 * `RuntimeUnavailable` or `RuntimeFailed`, whose `reason` and `hint` are read from CRIU's log; with `StorageFailed`; and with
 * `CheckpointUnpublished` where the dump stopped the container and its checkpoint waits for `recover`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const { checkpoint, state } = yield* Checkpoints.create("web", "before-upgrade", { leaveRunning: true })
 *   return [checkpoint.name, checkpoint.status, state].join(" ")
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // before-upgrade complete running
 * ```
 *
 * @example
 * ```ts
 * import { Checkpoints, type Hooks } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 * import * as Ref from "effect/Ref"
 *
 * const program = Effect.gen(function*() {
 *   const told = yield* Ref.make("")
 *   const tell: Hooks.Hook = ({ container, hook }) => Ref.update(told, (all) => `${all} ${hook}: ${container.state}`)
 *   yield* Checkpoints.create("web", "nightly", {}, { beforeFreeze: tell, afterDump: tell, timeout: 5_000 })
 *   return yield* Ref.get(told)
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * const told = await Effect.runPromise(Effect.provide(program, layer))
 * console.log(told.trim()) // beforeFreeze: running afterDump: forgotten
 * ```
 */
export const create = (container: string, name: string, options?: CreateOptions, hooks?: Hooks) =>
  Effect.flatMap(Checkpoints, (service) => service.create(container, name, options, hooks))

/**
 * The same as {@link create}, begun: gives the running operation at once, with its id, its state, its progress as a stream, and its
 * result. Nobody who stops looking at the progress cancels anything; `cancel` does.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const operation = yield* Checkpoints.beginCreate("web", "first")
 *   const { checkpoint } = yield* operation.result
 *   return `${checkpoint.name} ${yield* operation.state}`
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // first succeeded
 * ```
 */
export const beginCreate = (container: string, name: string, options?: CreateOptions, hooks?: Hooks) =>
  Effect.flatMap(Checkpoints, (service) => service.beginCreate(container, name, options, hooks))

/**
 * Says whether {@link create} would succeed with these options, which options it needs, and why: it looks at the live processes for
 * what CRIU refuses, and for what CRIU would break without a word. It freezes nothing, holds nothing and changes nothing, so that
 * what it says may be old when it is said. The needed `options` can be given to create as they are.
 *
 * Without a name everything but the name is checked. Fails as create does before anything is touched, with `CheckpointExists`
 * too; what stands against the checkpoint itself is in the result.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const { options, possible } = yield* Checkpoints.preflight("web", "first")
 *   yield* Checkpoints.create("web", "first", options)
 *   return `${possible} ${Object.keys(options).join(", ")}`
 * })
 *
 * const resources = [{ _tag: "FileLock", pid: 1, descriptor: 3, kind: "FLOCK", path: "/run/web", mapped: false }] as const
 * const layer = Memory.layer({ containers: [{ id: "web", resources }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // false fileLocks
 * ```
 */
export const preflight = (container: string, name?: string, options?: CreateOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.preflight(container, name, options))

/**
 * Every checkpoint of a container, or of all containers, those in custom directories included; sorted by name, in the order of bytes. A
 * damaged one is listed with the reason in `damage`. Creates nothing.
 *
 * Fails with `InvalidCheckpointDirectory`, `ContainerNotFound`, `AmbiguousContainer`, `RuntimeUnavailable`, `RuntimeFailed` or
 * `StorageFailed`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const all = yield* Checkpoints.list()
 *   return all.map(({ container, name, status }) => `${container}/${name} ${status}`).join(", ")
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // web/first complete
 * ```
 */
export const list = (container?: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.list(container, options))

/**
 * The names in a container's checkpoint directory that may be checkpoints, sorted, without a look into any of them. Fails as
 * {@link list} does.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "second", { leaveRunning: true })
 *   yield* Checkpoints.create("web", "first", { leaveRunning: true })
 *   return (yield* Checkpoints.names("web")).join(", ")
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // first, second
 * ```
 */
export const names = (container: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.names(container, options))

/**
 * One checkpoint, at the cost of one. Fails as {@link list} does, and with `InvalidCheckpointName` or `CheckpointNotFound`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first", { fileLocks: true })
 *   const { exit, record } = yield* Checkpoints.get("web", "first")
 *   return `${exit ? "stopped it" : "let it run"}, file locks: ${record?.options?.fileLocks}`
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // stopped it, file locks: true
 * ```
 */
export const get = (container: string, name: string, options?: ReadOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.get(container, name, options))

/**
 * Removes exactly one checkpoint, whole or damaged. What is no checkpoint is refused, and links are never followed.
 *
 * Fails as {@link get} does, and with `CheckpointBusy` (held by another operation and `wait` is false, or others build on it) or
 * `TimedOut`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first", { leaveRunning: true })
 *   yield* Checkpoints.remove("web", "first")
 *   return yield* Effect.match(Checkpoints.get("web", "first"), {
 *     onFailure: (error) => error._tag,
 *     onSuccess: () => "still there"
 *   })
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // CheckpointNotFound
 * ```
 */
export const remove = (container: string, name: string, options?: RemoveOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.remove(container, name, options))

/**
 * Brings a container back to where it was; the checkpoint stays. With `replace` a running container is rolled back, behind a safety
 * checkpoint to which it returns when the restore fails.
 *
 * With `lazyPages` the processes run early on and their memory is brought in behind them; the result comes when all of it is in. Who
 * wants to go on at once uses {@link beginRestore}. When what brings it in ends too early, the container is killed, for it may have
 * read zeros: `RuntimeFailed` of the reason `MemoryLost`.
 *
 * The hook `afterRestore` is told of what was restored, be it the safety checkpoint; `beforeFreeze` and `afterDump` are told of the
 * taking of that one, where they are given here.
 *
 * Files are not rolled back: those that the processes hold open are compared before anything is killed or started. Fails as
 * {@link get} does, and with `CheckpointDamaged`, `ContainerMismatch` (another container of that id), `ContainerRunning`,
 * `OptionUnsupported`, `CheckpointBusy`, `TimedOut` or `RuntimeFailed`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const { state } = yield* Checkpoints.restore("web", "first")
 *   return state
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // running
 * ```
 */
export const restore = (container: string, name: string, options?: RestoreOptions, hooks?: Hooks) =>
  Effect.flatMap(Checkpoints, (service) => service.restore(container, name, options, hooks))

/**
 * The same as {@link restore}, begun: gives the running operation at once. With `lazyPages` the container runs from the step `paging` of its
 * progress on; what is still to come is `total` less `bytes`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const operation = yield* Checkpoints.beginRestore("web", "first")
 *   return (yield* operation.result).state
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // running
 * ```
 */
export const beginRestore = (container: string, name: string, options?: RestoreOptions, hooks?: Hooks) =>
  Effect.flatMap(Checkpoints, (service) => service.beginRestore(container, name, options, hooks))

/**
 * Ends what interrupted operations left of a container, or of all: a checkpoint that is whole is published, what was never finished
 * is swept, and what may be the one copy of a container but is not whole is kept and named. The next operation on a container does
 * the same by itself; this is for those that have none to come.
 *
 * Fails with `InvalidCheckpointDirectory`, `ContainerNotFound`, `AmbiguousContainer`, `CheckpointBusy`, `TimedOut`,
 * `RuntimeUnavailable`, `RuntimeFailed` or `StorageFailed`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.map(Checkpoints.recover(), (done) => `${done.length} left behind`)
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // 0 left behind
 * ```
 */
export const recover = (container?: string, options?: RecoverOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.recover(container, options))

/**
 * Says whether the images of a checkpoint, or of any folder of CRIU's images, are whole. Every image that the inventory and the
 * process tree call for is there and reads, each pages file is as long as its page maps say, what it builds on is there, the record
 * agrees; and, where it was sealed, each byte is the one that was sealed.
 *
 * What is wrong is in `problems`, with what follows from it; `restore` says whether a restore could still work. It looks, takes no
 * lock and changes nothing.
 *
 * Fails as {@link get} does, and with `ImagesNotFound` where there is no such folder. That images are damaged is no failure.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first", { leaveRunning: true, seal: true })
 *   const { restore, seal, verdict } = yield* Checkpoints.verify({ container: "web", name: "first" })
 *   return `${verdict}, seal ${seal}, restore ${restore}`
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }], store: "folder" })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // whole, seal matched, restore possible
 * ```
 */
export const verify = (source: Source) => Effect.flatMap(Checkpoints, (service) => service.verify(source))

/**
 * Records a digest (SHA-256) of every file of a checkpoint in a file beside them, `seal.json`, by which {@link verify} then knows each
 * byte. Sealing anew replaces the seal where the files are still what was sealed, or with `force`.
 *
 * Fails as {@link get} does, and with `SealRefused` (it is damaged, or not what was sealed), `CheckpointBusy` or `TimedOut`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first", { leaveRunning: true })
 *   const { checkpoint, files } = yield* Checkpoints.seal("web", "first")
 *   return `${checkpoint.name}: ${files > 0}`
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }], store: "folder" })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // first: true
 * ```
 */
export const seal = (container: string, name: string, options?: SealOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.seal(container, name, options))

/**
 * What a checkpoint holds of the memory of its processes, or of that of one: its areas, and how much of each is in these images, in
 * those that they build on, or nowhere. It works on any folder of CRIU's images (`{ path }`), and reads no page.
 *
 * What cannot be read is in `problems`. Fails as {@link get} does, and with `ImagesNotFound`; with `ProcessNotFound` or
 * `ImageUnreadable` of the process that was asked for.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const { processes } = yield* Checkpoints.memory({ container: "web", name: "first" })
 *   return processes.flatMap(({ areas }) => areas.map(({ kind }) => kind)).includes("stack")
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // true
 * ```
 */
export const memory = (source: Source, options?: MemoryOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.memory(source, options))

/**
 * The places in the memory of a checkpoint, or of any folder of CRIU's images, where a text, bytes or a regular expression is, as
 * they are found: first what each process has for itself, then what several share, once. It takes as much memory for many gigabytes as
 * for few.
 *
 * Matches do not overlap, and lie in pages that were dumped and that lie together in memory. A regular expression is JavaScript's, over
 * bytes (each is one character), with the flags `m` and `s`; its matches are of at most 4096 bytes. One that would take for ever on
 * texts such as it is made of is refused, but that is no proof: nothing stops an expression while it is at 64 KiB of memory.
 *
 * Fails as {@link memory} does, and with `InvalidPattern`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const hits = Checkpoints.search({ container: "web", name: "first" }, { text: "no such text" })
 *   return yield* Stream.runCount(hits)
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // 0
 * ```
 */
export const search = (source: Source, pattern: Pattern, options?: SearchOptions) =>
  Stream.unwrap(Effect.map(Checkpoints, (service) => service.search(source, pattern, options)))

/**
 * What is in a checkpoint, or in any folder of CRIU's images (`{ path }`): an overview, and the sections that are named in
 * `sections`, all by default. It reads the images in place, and of the pages only command lines and the names of variables; their
 * values are there only with `environment`.
 *
 * Images that are damaged or gone stop nothing: they are in `problems`. Fails as {@link get} does, and with `ImagesNotFound`.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first")
 *   const { overview, processes } = yield* Checkpoints.inspect({ container: "web", name: "first" }, { sections: ["processes"] })
 *   return `${overview?.processes} process: ${processes?.map(({ commandLine }) => commandLine?.join(" "))}`
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // 1 process: counter
 * ```
 */
export const inspect = (source: Source, options?: InspectOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.inspect(source, options))

/**
 * What changed from one checkpoint, or folder of CRIU's images, to another: processes that came and went, files and sockets that
 * were opened and closed, mounts and namespaces, and for each area of memory how many pages are not as they were. Pages are compared
 * by what is in them, in constant memory; with `pages` it is said where they are.
 *
 * What cannot be read is in `problems`. Fails as {@link inspect} does.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("web", "first", { leaveRunning: true })
 *   yield* Checkpoints.create("web", "second", { leaveRunning: true })
 *   const one = { container: "web", name: "first" }
 *   const { isEqual } = yield* Checkpoints.diff(one, { container: "web", name: "second" })
 *   return isEqual
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "web" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // true
 * ```
 */
export const diff = (before: Source, after: Source, options?: DiffOptions) =>
  Effect.flatMap(Checkpoints, (service) => service.diff(before, after, options))
