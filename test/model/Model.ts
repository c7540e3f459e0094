/**
 * What a container and its checkpoints should be after any sequence of commands: pure data and functions, without a
 * file system, locks or processes.
 */

/** Bounds of a count: both the same where a world counts only when it is told to. */
export interface Count {
  readonly low: number
  readonly high: number
}

/** What is known of one checkpoint. */
export interface Kept {
  readonly count: Count
  readonly paused: boolean
  /** It was made durable: a loss of power leaves it. */
  readonly durable: boolean
}

/** A container and its checkpoints. */
export interface Model {
  readonly state: "running" | "paused" | "gone"
  /** What it has counted, while it lives. */
  readonly count: Count
  readonly checkpoints: Readonly<Record<string, Kept>>
}

/** What a command should come to: the tags of the errors that it may fail with, or the model after its success. */
export type Expected =
  | { readonly _tag: "Fails"; readonly tags: ReadonlyArray<string> }
  | { readonly _tag: "Succeeds"; readonly next: Model }

/** A container that has just been started. */
export const initial: Model = { state: "running", count: { low: 0, high: 0 }, checkpoints: {} }

/** A checkpoint is made. */
export const create = (
  model: Model,
  name: string,
  options: { readonly leaveRunning?: boolean | undefined; readonly durability?: "full" | "none" | undefined }
): Expected => {
  if (model.state === "gone") return fails("ContainerNotFound", "ContainerNotRunning")
  if (name in model.checkpoints) return fails("CheckpointExists")
  const kept: Kept = { count: model.count, paused: model.state === "paused", durable: options.durability !== "none" }
  return succeeds({
    ...model,
    state: options.leaveRunning === true ? model.state : "gone",
    checkpoints: { ...model.checkpoints, [name]: kept }
  })
}

/** A container is brought back. */
export const restore = (model: Model, name: string, options: { readonly replace?: boolean | undefined }): Expected => {
  const kept = model.checkpoints[name]
  if (kept === undefined) return missing(model)
  if (model.state !== "gone" && options.replace !== true) return fails("ContainerRunning")
  return succeeds({ ...model, state: kept.paused ? "paused" : "running", count: kept.count })
}

/** A checkpoint is taken away. */
export const remove = (model: Model, name: string): Expected => {
  if (!(name in model.checkpoints)) return missing(model)
  const { [name]: _, ...checkpoints } = model.checkpoints
  return succeeds({ ...model, checkpoints })
}

/** A checkpoint is looked at. */
export const get = (model: Model, name: string): Expected =>
  name in model.checkpoints ? succeeds(model) : missing(model)

/** The names that a list gives. */
export const names = (model: Model): ReadonlyArray<string> => Object.keys(model.checkpoints).sort()

/** The container counts on, if it runs. */
export const advance = (model: Model, by: number): Model =>
  model.state === "running" ? { ...model, count: { low: model.count.low + by, high: model.count.high + by } } : model

/** The power fails: only what was made durable is left. */
export const losePower = (model: Model): Model => ({
  ...model,
  state: "gone",
  checkpoints: Object.fromEntries(Object.entries(model.checkpoints).filter(([, kept]) => kept.durable))
})

const fails = (...tags: ReadonlyArray<string>): Expected => ({ _tag: "Fails", tags })

const succeeds = (next: Model): Expected => ({ _tag: "Succeeds", next })

/** A container that is gone is known by its checkpoints alone. */
const missing = (model: Model): Expected =>
  model.state === "gone" && Object.keys(model.checkpoints).length === 0
    ? fails("CheckpointNotFound", "ContainerNotFound")
    : fails("CheckpointNotFound")
