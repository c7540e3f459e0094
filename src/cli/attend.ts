/**
 * Staying with a long operation on the command line: a progress bar on a terminal, and Ctrl-C that cancels the
 * operation, says what it waits for, and waits for it.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { initial, type Progress, ratio } from "../domain/Progress.ts"
import type { Operation } from "../effects/Operation.ts"
import * as humanize from "./humanize.ts"
import { Output } from "./Output.ts"
import { Settings } from "./Settings.ts"

/** Waits for a begun operation; interrupting it cancels the operation and ends when that has. */
export const attend = <A, E, E2, R>(
  starting: Effect.Effect<Operation<A, E>, E2, R>
): Effect.Effect<A, E | E2, R | Output | Settings> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const operation = yield* starting
      const last = yield* Ref.make(initial)
      const watching = yield* Effect.fork(restore(watch(operation, last)))
      return yield* restore(operation.result).pipe(
        Effect.onInterrupt(() => Effect.zipRight(Fiber.interrupt(watching), cancel(operation, last))),
        Effect.ensuring(Fiber.interrupt(watching))
      )
    })
  )

const watch = <A, E>(operation: Operation<A, E>, last: Ref.Ref<Progress>) =>
  Effect.gen(function* () {
    const { columns, err, errIsTerminal } = yield* Output
    const { quiet } = yield* Settings
    const shown = errIsTerminal && !quiet
    const show = (progress: Progress) => Effect.flatMap(columns, (width) => err(`\r${bar(progress, width)}\u001b[K`))
    yield* operation.progress.pipe(
      Stream.runForEach((progress) =>
        Effect.zipRight(Ref.set(last, progress), shown && progress.step !== "done" ? show(progress) : Effect.void)
      ),
      Effect.ensuring(shown ? err("\r\u001b[K") : Effect.void)
    )
  })

const cancel = <A, E>(operation: Operation<A, E>, last: Ref.Ref<Progress>) =>
  Effect.gen(function* () {
    const { err } = yield* Output
    const { step } = yield* Ref.get(last)
    yield* err(`stasis: interrupted: ${waitingFor(step)}\n`)
    yield* operation.cancel
    const state = yield* operation.state
    yield* err(state === "succeeded" ? "stasis: it had succeeded by then\n" : "stasis: rolled back\n")
  })

const waitingFor = (step: Progress["step"]): string => {
  switch (step) {
    case "waiting":
    case "checking":
    case "preparing":
      return "nothing is frozen yet, leaving all as it is"
    case "restoring":
      return "a restore cannot be stopped half-way, waiting for its end"
    case "paging":
      return "it runs already and its memory is still coming in, waiting for the rest"
    case "notifying":
      return "all is done but for a hook, waiting for its end"
    case "done":
      return "it is just ending"
    default:
      return "CRIU is never stopped half-way, waiting for the end of the dump, which is then rolled back"
  }
}

const steps: Readonly<Record<Progress["step"], string>> = {
  waiting: "waiting",
  checking: "checking",
  preparing: "running the hook before the freeze",
  "pre-dumping": "copying memory ahead",
  freezing: "freezing",
  dumping: "dumping",
  syncing: "writing to the disk",
  publishing: "publishing",
  stopping: "stopping",
  restoring: "restoring",
  paging: "running, bringing memory in",
  notifying: "running the hook after it",
  done: "done"
}

/** One line: the step, a bar, the share and the bytes; never wider than the terminal. */
export const bar = (progress: Progress, columns: number): string => {
  const label = steps[progress.step]
  if (progress.total <= 0) return label.slice(0, Math.max(0, columns - 1))
  const share = ratio(progress)
  const figures = `${String(Math.floor(share * 100)).padStart(3)}%  ` +
    `${humanize.bytes(progress.bytes)} of ${humanize.bytes(progress.total)}`
  const room = Math.min(40, columns - 1 - label.length - figures.length - 6)
  if (room < 5) return `${label}  ${figures}`.slice(0, Math.max(0, columns - 1))
  const filled = Math.round(share * room)
  return `${label}  [${"#".repeat(filled)}${" ".repeat(room - filled)}]  ${figures}`
}
