/**
 * The first half of an attempt: staged, looked at, frozen, dumped. Whatever comes of it, the caller decides
 * what happens next.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { RuntimeFailed, StorageFailed } from "../domain/CheckpointError.ts"
import * as Creation from "../domain/Creation.ts"
import * as Preflight from "../domain/Preflight.ts"
import type { Attempt } from "./Attempt.ts"
import { CheckpointStore, preDumpFolder, type Staging } from "./CheckpointStore.ts"
import { Runtime } from "./Runtime.ts"

/** Makes the staging folder, with the record of what is intended. */
export const stage = (attempt: Attempt, plan: Creation.CreationPlan) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const { criu, kernel, version } = yield* runtime.capabilities
    return yield* store.stage(attempt.directory, {
      version: 1,
      operation: attempt.operation,
      checkpoint: attempt.name,
      directory: attempt.directory,
      container: attempt.container,
      mode: plan.mode,
      paused: plan.paused,
      options: attempt.options,
      ...(attempt.parentOperation === undefined ? {} : { parentOperation: attempt.parentOperation }),
      runtime: {
        name: runtime.name,
        ...(version === undefined ? {} : { version }),
        ...(criu === undefined ? {} : { criu }),
        ...(kernel === undefined ? {} : { kernel })
      },
      started: yield* Clock.currentTimeMillis
    })
  })

/** Refuses what cannot be dumped and what cannot fit; gives the bytes that the dump will take, about. */
export const checkAhead = (attempt: Attempt, staging: Staging) =>
  Effect.gen(function* () {
    yield* refuse(attempt)
    return yield* checkRoom(attempt, staging)
  })

/** Refuses what cannot fit; gives the bytes that the dump will take, about. */
export const checkRoom = (attempt: Attempt, staging: Staging) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const needed = yield* runtime.residentBytes(attempt.container)
    const free = yield* store.freeBytes(staging)
    if (free < needed) {
      return yield* new StorageFailed({
        operation: `checkpoint container ${attempt.container.name ?? attempt.container.id} into`,
        path: attempt.directory,
        reason: "NoSpace",
        detail:
          `it holds ${needed} bytes of memory and only ${free} bytes are free, make room or choose another directory`
      })
    }
    return needed
  })

/** Fails for what is certain to stand against the checkpoint: it is told before anything is frozen. */
const refuse = ({ container, options }: Attempt) =>
  Effect.gen(function* () {
    if (options.force === true) return
    const runtime = yield* Runtime
    const survey = yield* runtime.survey(container, "quick")
    const { unsupported } = yield* runtime.capabilities
    const found = Preflight.refusal(Preflight.judge(survey, options, { unsupported }))
    if (found === undefined) return
    return yield* new RuntimeFailed({
      operation: "checkpoint",
      container: container.name ?? container.id,
      runtime: runtime.name,
      reason: found.reason,
      detail: found.detail,
      ...(found.hint === undefined ? {} : { hint: found.hint })
    })
  })

/** Freezes and dumps. */
export const freezeAndDump = (attempt: Attempt, plan: Creation.CreationPlan, staging: Staging, total: number) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const { container, lease, options, report } = attempt
    yield* store.noteDump(container, attempt.operation)
    const parentPath = yield* parentOf(attempt, plan, staging)
    yield* report({ step: "freezing", bytes: 0, total })
    yield* report({ step: "dumping", bytes: 0, total })
    return yield* runtime.checkpoint(container, {
      imagePath: staging.imagePath,
      workPath: staging.workPath,
      ...(parentPath === undefined ? {} : { parentPath }),
      after: Creation.stateAfterDump(plan),
      options,
      lease,
      // What is out by now is written to the device while the dump goes on: less is left to sync at its end.
      report: (progress) =>
        Effect.zipRight(
          report({ ...progress, total }),
          options.durability === "none" ? Effect.void : store.flush(staging)
        )
    })
  })

/** What the dump builds on: memory copied just now from the running container, or an earlier checkpoint. */
const parentOf = (attempt: Attempt, plan: Creation.CreationPlan, staging: Staging) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const store = yield* CheckpointStore
    const { container, lease, options, report } = attempt
    if (options.preDump === true) {
      // One that is paused changes nothing meanwhile and is not frozen any longer; with crun, CRIU would wait for ever for it.
      if (plan.paused) return undefined
      yield* report({ step: "pre-dumping", bytes: 0, total: 0 })
      const imagePath = yield* store.makePreDump(staging)
      yield* runtime.preDump(container, { imagePath, workPath: staging.workPath, options, lease })
      return preDumpFolder
    }
    return options.parentPath === undefined ? undefined : yield* store.parentPath(staging, options.parentPath)
  })
