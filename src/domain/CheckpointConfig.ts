/**
 * The `config.json` of a checkpoint: the seed's fields as containerd 0.2 wrote them, and ours beside
 * them under the one key `stasis`.
 *
 * Reading tolerates unknown and missing fields; a field of the wrong type is a damage and is named. A
 * newer version of our own part is read as far as it can be.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { CreateOptions } from "./CheckpointOptions.ts"
import { ProcessIdentity } from "./Container.ts"
import * as Mismatch from "./Mismatch.ts"
import { Statistics } from "./Statistics.ts"

/** The version of our own part that this library writes. */
export const currentVersion = 1

/** The largest `config.json` that is read, in bytes. */
export const maximumBytes = 1_048_576

/** A file that the container's processes held open: CRIU refuses to restore when it has changed. */
export const OpenFile = Schema.Struct({
  /** The path on the host. */
  path: Schema.String,
  /** In bytes. */
  size: Schema.Number,
  /** Last change of the content, in milliseconds since 1970; absent for a program or library that CRIU knows by its build. */
  modified: Schema.optional(Schema.Number)
})
/** A file that the container's processes held open. */
export type OpenFile = typeof OpenFile.Type

/** What we record about a checkpoint. Everything but the version may be missing. */
export const CheckpointRecord = Schema.Struct({
  version: Schema.Int,
  /** Our publication mark. */
  published: Schema.optional(Schema.Boolean),
  /** The operation that made it. */
  operation: Schema.optional(Schema.String),
  container: Schema.optional(Schema.Struct({
    id: Schema.String,
    name: Schema.optional(Schema.String),
    image: Schema.optional(Schema.String),
    labels: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String })),
    identity: Schema.String,
    process: Schema.optional(ProcessIdentity),
    bundle: Schema.optional(Schema.String)
  })),
  runtime: Schema.optional(Schema.Struct({
    name: Schema.String,
    version: Schema.optional(Schema.String),
    criu: Schema.optional(Schema.String),
    kernel: Schema.optional(Schema.String),
    /** The runtime beneath an engine that was called past it; absent where the engine itself was asked. */
    beneath: Schema.optional(Schema.String)
  })),
  options: Schema.optional(CreateOptions),
  /** The operation that made the checkpoint that this one builds on, `options.parentPath`: another of that name is not it. */
  parentOperation: Schema.optional(Schema.String),
  /** The container was paused when it was checkpointed: a restore pauses it again. */
  paused: Schema.optional(Schema.Boolean),
  /** Bytes of all files of the checkpoint, `config.json` left out. */
  bytes: Schema.optional(Schema.Number),
  /** How long the whole operation took, in milliseconds. */
  milliseconds: Schema.optional(Schema.Number),
  statistics: Schema.optional(Statistics),
  files: Schema.optional(Schema.Array(OpenFile))
})
/** What we record about a checkpoint. */
export type CheckpointRecord = typeof CheckpointRecord.Type

/** A whole `config.json`. A missing field of the seed has Go's zero value. */
export interface CheckpointConfig {
  /** RFC 3339 with up to nine digits of a second, as Go prints it; empty when missing. */
  readonly created: string
  readonly name: string
  readonly tcp: boolean
  readonly unixSockets: boolean
  readonly shell: boolean
  readonly exit: boolean
  readonly emptyNS: ReadonlyArray<string>
  readonly stasis: CheckpointRecord | undefined
}

/** Reads a `config.json`; the reason of a failure is one line that names the field. */
export const parse = (text: string): Either.Either<CheckpointConfig, string> => {
  if (text.trim() === "") return Either.left("config.json is empty")
  return Either.flatMap(
    Either.try({ try: (): unknown => JSON.parse(text), catch: () => "config.json is not valid JSON" }),
    decode
  )
}

const decode = (json: unknown): Either.Either<CheckpointConfig, string> =>
  Either.flatMap(
    isSeed(json) ? Either.right(json) : Either.mapLeft(decodeSeed(json), describe),
    (seed) =>
      Either.map(
        seed.stasis === undefined || seed.stasis === null ? Either.right(undefined) : decodeRecord(seed.stasis),
        (stasis) => ({
          created: seed.created ?? "",
          name: seed.name ?? "",
          tcp: seed.tcp ?? false,
          unixSockets: seed.unixSockets ?? false,
          shell: seed.shell ?? false,
          exit: seed.exit ?? false,
          emptyNS: seed.emptyNS ?? [],
          stasis
        })
      )
  )

/** Prints a `config.json` as Go's encoder does: one line, the seed's order, an empty `emptyNS` left out. */
export const print = (config: CheckpointConfig): string => {
  const { created, name, tcp, unixSockets, shell, exit, emptyNS, stasis } = config
  return JSON.stringify({
    created,
    name,
    tcp,
    unixSockets,
    shell,
    exit,
    ...(emptyNS.length === 0 ? {} : { emptyNS }),
    ...(stasis === undefined ? {} : { stasis })
  }) + "\n"
}

const nullable = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { nullable: true })

const Seed = Schema.Struct({
  created: nullable(Schema.String),
  name: nullable(Schema.String),
  tcp: nullable(Schema.Boolean),
  unixSockets: nullable(Schema.Boolean),
  shell: nullable(Schema.Boolean),
  exit: nullable(Schema.Boolean),
  emptyNS: nullable(Schema.Array(Schema.String)),
  stasis: nullable(Schema.Unknown)
})

type SeedFields = typeof Seed.Encoded

/** What {@link Seed} accepts, in a fraction of its time: lists read thousands. Where it says no, the schema says why. */
const isSeed = (json: unknown): json is SeedFields => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false
  const fields: { readonly [K in keyof SeedFields]?: unknown } = json
  return isMissingOr("string", fields.created) && isMissingOr("string", fields.name) &&
    isMissingOr("boolean", fields.tcp) && isMissingOr("boolean", fields.unixSockets) &&
    isMissingOr("boolean", fields.shell) && isMissingOr("boolean", fields.exit) &&
    (isMissingOr("undefined", fields.emptyNS) ||
      (Array.isArray(fields.emptyNS) && fields.emptyNS.every((one) => typeof one === "string")))
}

const isMissingOr = (kind: "string" | "boolean" | "undefined", value: unknown): boolean =>
  value === undefined || value === null || typeof value === kind

const decodeSeed = ParseResult.decodeUnknownEither(Seed)
const decodeVersion = ParseResult.decodeUnknownEither(Schema.Struct({ version: Schema.Int }))
const decodeCurrent = ParseResult.decodeUnknownEither(CheckpointRecord)

const decodeRecord = (json: unknown): Either.Either<CheckpointRecord, string> =>
  Either.orElse(decodeCurrent(json), (error) => {
    const version = Either.match(decodeVersion(json), { onLeft: () => 0, onRight: (found) => found.version })
    return version > currentVersion
      ? Either.right(readable(version, json))
      : Either.left(`${describe(error)} (under "stasis")`)
  })

/** The fields of a newer version that still read by today's rules. */
const readable = (version: number, json: unknown): CheckpointRecord =>
  Object.entries(Object(json)).reduce<CheckpointRecord>((kept, [key, value]) => {
    const more = decodeCurrent({ ...kept, [key]: value })
    return Either.isRight(more) ? more.right : kept
  }, { version })

const describe = (issue: ParseResult.ParseIssue): string => {
  const { path, reason } = Mismatch.first(issue)
  return `config.json has the wrong shape${path === "" ? "" : ` at "${path}"`}: ${reason}`
}
