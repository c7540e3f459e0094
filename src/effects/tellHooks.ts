/**
 * The hooks of an operation, told when they are due: what each is told, and what becomes of its failure.
 *
 * When they are due is for the use cases to say; running one is in `Hooks.ts`.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { Container } from "../domain/Container.ts"
import type { Created } from "../domain/Outcome.ts"
import { refresh } from "./findContainer.ts"
import { type HookContext, type Hooks, run } from "./Hooks.ts"
import type { Report } from "./Operation.ts"

/** Whom the hooks of an operation are told of: an attempt at a checkpoint is one. */
interface Subject {
  readonly container: Container
  readonly name: CheckpointName
  readonly directory: CheckpointDirectory
  readonly report: Report
  readonly hooks: Hooks
}

/** Lets the program prepare for the freeze; its failure is one of the operation. */
export const beforeFreeze = ({ container, directory, hooks, name, report }: Subject) =>
  Effect.zipRight(
    report({ step: "preparing", bytes: 0, total: 0 }),
    run(hooks, { hook: "beforeFreeze", container, checkpoint: name, directory })
  )

/** Tells the program how a dump ended, whatever came of it. The caller cannot be interrupted. */
export const thenAfterDump = <E, R>(subject: Subject, dump: Effect.Effect<Created, E, R>) =>
  subject.hooks.afterDump === undefined ? dump : Effect.gen(function* () {
    const exit = yield* Effect.exit(dump)
    const outcome = Exit.isSuccess(exit) ? "dumped" : "failed"
    const warnings = yield* notify(subject, { hook: "afterDump", outcome })
    if (Exit.isSuccess(exit)) return { ...exit.value, warnings: [...exit.value.warnings, ...warnings] }
    yield* Effect.forEach(warnings, (warning) => Effect.logWarning(warning), { discard: true })
    return yield* exit
  })

/** Tells the program that it was restored; gives the warnings that this leads to. The caller cannot be interrupted. */
export const afterRestore = (subject: Subject) =>
  subject.hooks.afterRestore === undefined ? Effect.succeed([]) : notify(subject, { hook: "afterRestore" })

const notify = (
  { container, directory, hooks, name, report }: Subject,
  what: Pick<HookContext, "hook" | "outcome">
) =>
  Effect.gen(function* () {
    yield* report({ step: "notifying", bytes: 0, total: 0 })
    const now = yield* Effect.orElseSucceed(refresh(container), () => container)
    return yield* Effect.match(run(hooks, { ...what, container: now, checkpoint: name, directory }), {
      onSuccess: (): ReadonlyArray<string> => [],
      onFailure: (error) => [error.message]
    })
  })
