/**
 * Faults on demand: the next call of an operation fails, hangs until it is told to go on, or is late; the disk is full
 * after so many bytes.
 *
 * Every service of the in-memory world asks here before it does anything. A fault that nobody asked for never happens.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Context from "effect/Context"
import type { PlatformError } from "@effect/platform/Error"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { CheckpointStore } from "../../effects/CheckpointStore.ts"
import type { ContainerStore } from "../../effects/ContainerStore.ts"
import type { Disk } from "../../effects/Disk.ts"
import type { EventLog } from "../../effects/EventLog.ts"
import type { Runtime } from "../../effects/Runtime.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { MemoryVolume, WriteLimit } from "./MemoryVolume.ts"
import { type Code, Refusal, toPlatformError } from "./Refusal.ts"

/** What brings the memory in behind a lazy restore: a process of its own in the real worlds, that may die. */
interface LazyPages {
  readonly serve: Effect.Effect<void, RuntimeFailed>
}

/** The services that faults can be asked of; `File` is an open file of `FileSystem`, `LazyPages` a part of a restore. */
interface Services {
  readonly FileSystem: FileSystem.FileSystem
  readonly File: FileSystem.File
  readonly Disk: Context.Tag.Service<Disk>
  readonly CheckpointStore: Context.Tag.Service<CheckpointStore>
  readonly ContainerStore: Context.Tag.Service<ContainerStore>
  readonly Runtime: Context.Tag.Service<Runtime>
  readonly EventLog: Context.Tag.Service<EventLog>
  readonly LazyPages: LazyPages
}

type ErrorOf<M> = M extends Effect.Effect<unknown, infer E, unknown> ? E
  : M extends (...args: never) => Effect.Effect<unknown, infer E, unknown> ? E
  : never

type FailingKeys<S> = { [K in keyof S & string]: [ErrorOf<S[K]>] extends [never] ? never : K }[keyof S & string]

/** A method of a service, as `Runtime.checkpoint`. */
export type Operation = { [S in keyof Services]: `${S}.${FailingKeys<Services[S]>}` }[keyof Services]

/** What a method can fail with. */
export type OperationError<O extends Operation> = O extends `${infer S extends keyof Services}.${infer M}`
  ? M extends keyof Services[S] ? ErrorOf<Services[S][M]> : never
  : never

/** Which calls a fault is for. */
export interface FaultOptions {
  /** So many calls go well first; none when absent. */
  readonly skip?: number
  /** So many calls fail; one when absent. */
  readonly times?: number
  /** The call does its work first, and then fails or hangs. */
  readonly after?: boolean
}

/** A call that hangs. */
export interface Hang {
  /** Ends when a call has come to hang. */
  readonly reached: Effect.Effect<void>
  /** Lets it go on. */
  readonly release: Effect.Effect<void>
}

interface Times {
  skip: number
  times: number
}

interface StoragePlan extends Times {
  readonly error: PlatformError
}

interface Plan extends Times {
  readonly after: boolean
  readonly act: Effect.Effect<void, OperationError<Operation>>
}

/** The faults of one world. */
export class Faults {
  readonly #volume: MemoryVolume
  readonly #plans = new Map<Operation, Array<Plan>>()
  readonly #delays = new Map<Operation, Duration.DurationInput>()
  readonly #storageCalls: RegExp
  #storage: StoragePlan | undefined = undefined
  /** Nothing was asked for: services need not ask. */
  isQuiet = true

  /** @param stored Checkpoints are not files: calls of their store count as calls on storage. */
  constructor(volume: MemoryVolume, stored = false) {
    this.#volume = volume
    this.#storageCalls = stored ? /^(FileSystem|File|Disk|CheckpointStore)\./ : /^(FileSystem|File|Disk)\./
  }

  /** The next call of an operation fails with an error that is one of its own. */
  failNext<O extends Operation>(
    operation: O,
    error: OperationError<O>,
    options: FaultOptions = {}
  ): Effect.Effect<void> {
    return Effect.sync(() => this.#plan(operation, Effect.fail(error), options))
  }

  /** The next call of an operation hangs until it is released. */
  hangNext(operation: Operation, options: FaultOptions = {}): Effect.Effect<Hang> {
    return Effect.gen(this, function* () {
      const reached = yield* Deferred.make<void>()
      const released = yield* Deferred.make<void>()
      this.#plan(operation, Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(released)), options)
      return { reached: Deferred.await(reached), release: Effect.asVoid(Deferred.succeed(released, undefined)) }
    })
  }

  /** Every call of an operation takes so long more, by the `Clock`, until the faults are cleared. */
  delay(operation: Operation, duration: Duration.DurationInput): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#delays.set(operation, duration)
      this.isQuiet = false
    })
  }

  /**
   * A call on storage, whichever comes after `skip` others, fails with a code of Linux: one of the file system or, where the
   * world keeps its checkpoints in maps, of their store.
   */
  failStorage(code: Code, options: Omit<FaultOptions, "after"> = {}): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#storage = {
        skip: options.skip ?? 0,
        times: options.times ?? 1,
        error: toPlatformError("fault", "", new Refusal(code, "fault"))
      }
      this.isQuiet = false
    })
  }

  /** How many of the storage fault's calls are still to come; zero when it has struck. */
  get storageFaultsLeft(): number {
    return this.#storage?.times ?? 0
  }

  /** After so many more bytes every write fails, by default for want of space. */
  failWritesAfter(bytes: number, code: WriteLimit["code"] = "ENOSPC"): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#volume.writeLimit = { left: bytes, code }
    })
  }

  /** The volume holds so many bytes: `Disk.freeBytes` says so, and writes beyond fail. */
  setCapacity(bytes: number): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#volume.capacity = bytes
    })
  }

  /** No more faults; what hangs still hangs, the capacity stays. */
  readonly clear: Effect.Effect<void> = Effect.sync(() => {
    this.#plans.clear()
    this.#delays.clear()
    this.#storage = undefined
    this.#volume.writeLimit = undefined
    this.isQuiet = true
  })

  /** A call of an operation, with the faults that were asked for it. */
  around<A, E, R>(operation: Operation, call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      if (this.isQuiet) return call
      const delay = this.#delays.get(operation)
      const late = delay === undefined ? call : Effect.delay(call, delay)
      const plan = this.#storagePlan(operation) ?? this.#next(operation)
      if (plan === undefined) return late
      // An error is one of the operation's own: `failNext` takes no other, and storage fails with the platform's.
      // @effect-diagnostics-next-line unsafeEffectTypeAssertion:off
      const act = plan.act as Effect.Effect<void, E>
      return plan.after ? Effect.zipLeft(late, act) : Effect.zipRight(act, late)
    })
  }

  #plan(operation: Operation, act: Plan["act"], options: FaultOptions): void {
    const plans = this.#plans.get(operation) ?? []
    plans.push({ skip: options.skip ?? 0, times: options.times ?? 1, after: options.after ?? false, act })
    this.#plans.set(operation, plans)
    this.isQuiet = false
  }

  #next(operation: Operation): Plan | undefined {
    const plans = this.#plans.get(operation)
    const plan = plans?.[0]
    if (plans === undefined || plan === undefined || !takes(plan)) return undefined
    if (plan.times <= 0) plans.shift()
    return plan
  }

  #storagePlan(operation: Operation): Pick<Plan, "act" | "after"> | undefined {
    const plan = this.#storage
    if (plan === undefined || plan.times <= 0 || !this.#storageCalls.test(operation) || !takes(plan)) return undefined
    const act = Effect.fail(
      operation.startsWith("CheckpointStore.") ? storageFailed("use", "the memory")(plan.error) : plan.error
    )
    return { act, after: false }
  }
}

const takes = (plan: Times): boolean => {
  if (plan.skip > 0) {
    plan.skip -= 1
    return false
  }
  plan.times -= 1
  return true
}
