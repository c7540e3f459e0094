/**
 * What must be there after a crash: the checkpoints that the killed worker told of, and what is known of each. Says
 * whether what is found keeps the promises; it knows nothing of the world in which they are made.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../../src/domain/Checkpoint.ts"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import type { Outcome, Step } from "./Job.ts"

/** What is known of each checkpoint, by its name. */
export type Ledger<K> = Map<string, K>

/** How far a worker had come. */
export interface Account {
  /** The step that was cut short. */
  readonly cut?: Step
  /** The step that had begun last, ended or not. */
  readonly last?: Step
  /** What the worker said of a step that failed. */
  readonly failed?: string
}

/** Brings what must be there up to what the worker told. */
export const account = <K>(
  there: Ledger<K>,
  steps: ReadonlyArray<Step>,
  { begun, outcomes }: { readonly begun: number; readonly outcomes: ReadonlyArray<Outcome> },
  known: K
): Account => {
  let failed: string | undefined
  for (const { end, message, step } of outcomes) {
    const one = steps[step]
    if (one?.do === "create" && end === "done") there.set(one.name, known)
    if (one?.do === "remove" && end === "done") there.delete(one.name)
    if (end !== "done") failed ??= `${one?.do} ${one?.name} ended with ${end}: ${message}`
  }
  const last = steps[begun]
  return {
    ...(last === undefined ? {} : { last }),
    ...(last === undefined || outcomes.some((outcome) => outcome.step === begun) ? {} : { cut: last }),
    ...(failed === undefined ? {} : { failed })
  }
}

/** Lists the checkpoints and fails with the first promise that they break: `cut` alone may be there or not. */
export const judge = <K>(
  container: string,
  when: string,
  there: ReadonlyMap<string, K>,
  cut: Step | undefined,
  isWhole: (path: string) => boolean
): Effect.Effect<ReadonlyArray<Checkpoint>, string, Checkpoints.Checkpoints> =>
  Effect.gen(function* () {
    const found = yield* or(
      `list ${when}`,
      Effect.catchTag(Checkpoints.list(container), "ContainerNotFound", () => Effect.succeed([]))
    )
    for (const one of found) {
      if (one.status !== "complete") yield* Effect.fail(`${when}, ${one.name} is damaged: ${one.damage}`)
      // A checkpoint that was just being taken away may be gone by now.
      if (!isWhole(one.path) && NodeFs.existsSync(one.path)) {
        yield* Effect.fail(`${when}, ${one.name} is listed and is not whole`)
      }
      if (!there.has(one.name) && cut?.name !== one.name) {
        yield* Effect.fail(`${when}, ${one.name} is listed and must not be there`)
      }
    }
    for (const name of there.keys()) {
      const removing = cut?.do === "remove" && cut.name === name
      if (!removing && !found.some((one) => one.name === name)) yield* Effect.fail(`${when}, ${name} is gone`)
    }
    return found
  })

/** Fails where a folder that should be empty when nothing runs holds something. */
export const judgeRemains = (directory: string): Effect.Effect<void, string> =>
  Effect.suspend(() => {
    const home = directory.replace(/checkpoints$/, "")
    // The empty lock file of a name stays with who was killed under it.
    const left = [`${home}.checkpoints.stasis/staging`, `${home}.checkpoints.stasis/trash`, `${home}work`].flatMap(
      (folder) =>
        NodeFs.existsSync(folder)
          ? NodeFs.readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => folder.endsWith("/trash") || entry.isFile())
            .map((entry) => `${entry.parentPath}/${entry.name}`)
          : []
    )
    return left.length > 0 ? Effect.fail(`left behind: ${left.join(", ")}`) : Effect.void
  })

/** The failure of a step of the suite's own, told in words. */
export const or = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, string, R> =>
  Effect.mapError(effect, (error) => `${what} fails: ${String(error)}`)
