/**
 * What a checkpoint builds on: found, held and proved before anything is frozen or killed.
 *
 * A child holds only the memory that changed since its parent was made, as far as the kernel knows. It knows what changed
 * since the *last* dump of the container, so only what that dump made can be built on: any other would, without a word,
 * lend the child pages that are out of date.
 */
import * as Effect from "effect/Effect"
import type { Checkpoint } from "../domain/Checkpoint.ts"
import type { CheckpointDirectory } from "../domain/CheckpointDirectory.ts"
import { CheckpointDamaged, OptionUnsupported } from "../domain/CheckpointError.ts"
import type { CheckpointName } from "../domain/CheckpointName.ts"
import type { CreateOptions } from "../domain/CheckpointOptions.ts"
import type { Container } from "../domain/Container.ts"
import { requireWhole } from "../domain/Restoration.ts"
import { CheckpointStore } from "./CheckpointStore.ts"
import { hold } from "./hold.ts"
import { Runtime } from "./Runtime.ts"

/** Refuses to build on what cannot be built on, whatever is there. */
export const checkLineage = (name: CheckpointName | undefined, options: CreateOptions) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    if (options.preDump === true && options.parentPath !== undefined) {
      const detail = 'a checkpoint builds either on a pre-dump or on an earlier checkpoint, leave "parentPath" out'
      return yield* new OptionUnsupported({ option: "preDump", runtime: runtime.name, detail, supportedBy: [] })
    }
    if (options.parentPath !== undefined && options.parentPath === name) {
      const detail = "a checkpoint cannot build on itself, name an earlier one"
      return yield* new OptionUnsupported({ option: "parentPath", runtime: runtime.name, detail, supportedBy: [] })
    }
  })

/** Holds a checkpoint that another one is to build on. The caller holds the container. */
export const holdParent = (
  container: Container,
  directory: CheckpointDirectory,
  name: CheckpointName,
  options: CreateOptions
) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    // Looked up before the lock as well: a name that nobody has leaves no trace of the question.
    yield* store.get(container, directory, name)
    const lease = yield* hold({ container, hold: "name", directory, name }, "checkpoint", options)
    return { lease, operation: yield* requireParent(container, directory, name) }
  })

/** The operation that made a checkpoint that another one can build on now; fails where it cannot. */
export const requireParent = (container: Container, directory: CheckpointDirectory, name: CheckpointName) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const parent = yield* requireWhole(yield* store.get(container, directory, name))
    yield* requireAncestors(container, directory, parent)
    const operation = parent.record?.operation
    if (operation === undefined || operation !== (yield* store.lastDump(container))) {
      return yield* new OptionUnsupported({
        option: "parentPath",
        runtime: (yield* Runtime).name,
        detail:
          `checkpoint "${name}" is not what the container's last dump made, and what changed since an earlier one ` +
          "is not known; build on the newest, or leave it out",
        supportedBy: []
      })
    }
    return operation
  })

/** Fails with `CheckpointDamaged` where a checkpoint builds on one that is gone, damaged, or another of the same name. */
export const requireAncestors = (container: Container, directory: CheckpointDirectory, checkpoint: Checkpoint) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    const seen = new Set([checkpoint.name])
    let child = checkpoint
    while (true) {
      const name = child.record?.options?.parentPath
      if (name === undefined) return
      const damaged = (what: string) =>
        new CheckpointDamaged({
          container: checkpoint.container,
          checkpoint: checkpoint.name,
          path: checkpoint.path,
          detail: `${
            child === checkpoint ? "it" : `"${child.name}", on which it builds,`
          } builds on checkpoint "${name}", ${what}`
        })
      const parent = yield* Effect.catchTag(
        store.get(container, directory, name),
        "CheckpointNotFound",
        () => damaged("which is gone")
      )
      if (parent.status === "damaged") return yield* damaged(`which is damaged (${parent.damage})`)
      const operation = child.record?.parentOperation
      if (seen.has(name) || (operation !== undefined && operation !== parent.record?.operation)) {
        return yield* damaged("of which there is another one now")
      }
      seen.add(name)
      child = parent
    }
  })
