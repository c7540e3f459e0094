/**
 * A checkpoint as it is found: what its folder shows, what its record says, and whether it is whole.
 *
 * This file decides from evidence; it never gathers any.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type CheckpointConfig, CheckpointRecord } from "./CheckpointConfig.ts"
import * as Config from "./CheckpointConfig.ts"
import { type CheckpointDirectory, locate } from "./CheckpointDirectory.ts"
import type { CheckpointName } from "./CheckpointName.ts"
import type { Container } from "./Container.ts"

/** A checkpoint. */
export const Checkpoint = Schema.Struct({
  name: Schema.String,
  /** The id of the container that it is of. */
  container: Schema.String,
  /** The checkpoint directory that it lies in. */
  directory: Schema.String,
  /** Its own folder: CRIU's image path. */
  path: Schema.String,
  status: Schema.Literal("complete", "damaged"),
  /** What is wrong with a damaged one. */
  damage: Schema.optional(Schema.String),
  /** When it was made, as the record says: RFC 3339; empty when nothing says it. */
  created: Schema.String,
  tcp: Schema.Boolean,
  unixSockets: Schema.Boolean,
  shell: Schema.Boolean,
  exit: Schema.Boolean,
  emptyNS: Schema.Array(Schema.String),
  /** What stasis recorded; absent for a checkpoint that another program made. */
  record: Schema.optional(CheckpointRecord)
})
/** A checkpoint. */
export type Checkpoint = typeof Checkpoint.Type

/** What was seen of a folder in a checkpoint directory. */
export interface Evidence {
  /** Whether `inventory.img` is there as a plain file. */
  readonly inventory: boolean
  /** The text of `config.json`, that there is none, or why it could not be read. */
  readonly config:
    | { readonly _tag: "Text"; readonly text: string }
    | { readonly _tag: "Absent" }
    | { readonly _tag: "Unreadable"; readonly reason: string }
}

/** Reads the evidence; `undefined` when the folder is no checkpoint at all. */
export const fromEvidence = (
  container: string,
  directory: CheckpointDirectory,
  name: CheckpointName,
  evidence: Evidence
): Checkpoint | undefined => {
  if (!evidence.inventory && evidence.config._tag === "Absent") return undefined
  const config = readConfig(evidence)
  const damage = Either.isLeft(config)
    ? config.left
    : !evidence.inventory
    ? "inventory.img is missing"
    : config.right?.stasis !== undefined && config.right.stasis.published !== true
    ? "it was never published"
    : undefined
  return make(container, directory, name, Either.getOrUndefined(config), damage)
}

/** The checkpoint that a config describes. */
export const make = (
  container: string,
  directory: CheckpointDirectory,
  name: CheckpointName,
  config: CheckpointConfig | undefined,
  damage: string | undefined
): Checkpoint => ({
  name,
  container: config?.stasis?.container?.id ?? container,
  directory,
  path: locate(directory, name),
  status: damage === undefined ? "complete" : "damaged",
  ...(damage === undefined ? {} : { damage }),
  created: config?.created ?? "",
  tcp: config?.tcp ?? false,
  unixSockets: config?.unixSockets ?? false,
  shell: config?.shell ?? false,
  exit: config?.exit ?? false,
  emptyNS: config?.emptyNS ?? [],
  ...(config?.stasis === undefined ? {} : { record: config.stasis })
})

/**
 * Whether the dump stopped the container and kept its connections: then CRIU left its network locked, if that outlives
 * it, so that they stay alive until the restore.
 */
export const keepsConnections = (checkpoint: Checkpoint): boolean => checkpoint.exit && checkpoint.tcp

/** The container that a checkpoint is of, as it was then, now forgotten by its runtime. */
export const forgottenContainer = (checkpoint: Checkpoint): Container | undefined => {
  const container = checkpoint.record?.container
  return container === undefined ? undefined : {
    id: container.id,
    ...(container.name === undefined ? {} : { name: container.name }),
    ...(container.image === undefined ? {} : { image: container.image }),
    ...(container.bundle === undefined ? {} : { bundle: container.bundle }),
    labels: container.labels ?? {},
    identity: container.identity,
    state: "forgotten"
  }
}

/** By name, in the order of bytes. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

const readConfig = (evidence: Evidence): Either.Either<CheckpointConfig | undefined, string> => {
  switch (evidence.config._tag) {
    case "Absent":
      return Either.right(undefined)
    case "Unreadable":
      return Either.left(evidence.config.reason)
    case "Text":
      return Config.parse(evidence.config.text)
  }
}
