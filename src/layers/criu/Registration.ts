/**
 * What is kept on disk of a named process tree: which processes it is now, and what makes it the same one after a restore.
 *
 * Pure. The folder that it lies in is `ProcessRegistry.ts`'s.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { InvalidContainerName } from "../../domain/CheckpointError.ts"
import { ProcessIdentity } from "../../domain/Container.ts"

/** A named process tree. */
export const Registration = Schema.Struct({
  version: Schema.Literal(1),
  /** The container's id: the name that was given, or `pid:` and a pid. */
  id: Schema.String,
  /** What makes it the same container across stops and restores. */
  identity: Schema.String,
  /** Its root process, when it was last started or restored. */
  process: ProcessIdentity,
  /** The program, as a person knows it. */
  program: Schema.optional(Schema.String),
  /** The files that its output and errors are appended to, where it was started by us. */
  streams: Schema.optional(Schema.Struct({ stdout: Schema.String, stderr: Schema.String })),
  /** It was restored into a pid namespace of its own, which has the mounts of the machine as they were then. */
  newPids: Schema.optional(Schema.Boolean),
  /** Beside images: the pid namespace was dumped with the tree, whose first process it began with. */
  ownNamespace: Schema.optional(Schema.Boolean),
  /** Beside images: the connections that CRIU left locked, see `ConnectionLock.ts`. */
  locks: Schema.optional(Schema.Array(Schema.String)),
  /** A restore that has begun and whose outcome is not known yet. */
  restoring: Schema.optional(Schema.Struct({
    /** The file that this was written to at that time. */
    notedIn: Schema.String,
    /** The file that CRIU writes the root's pid to, as the tree itself has it. */
    pidFile: Schema.String,
    /** Clock ticks since boot, before CRIU was started. */
    since: Schema.Number,
    /** It goes into a pid namespace of its own. */
    newPids: Schema.Boolean
  })),
  /** Processes that stood still of themselves before the tree was stopped: they are not to go on with the others. */
  held: Schema.optional(Schema.Array(ProcessIdentity))
})
/** A named process tree. */
export type Registration = typeof Registration.Type

const Text = Schema.parseJson(Registration)
const decode = Schema.decodeEither(Text)

/** Prints a registration. */
export const print: (registration: Registration) => string = Schema.encodeSync(Text)

/** Reads a registration; the reason of a failure is one line or more. */
export const parse = (text: string): Either.Either<Registration, string> =>
  Either.mapLeft(decode(text), (error) => error.message)

/** What makes a process tree the same one, for as long as it has its name: the process that it began with. */
export const identityOf = ({ bootId, pid, startTime }: ProcessIdentity): string =>
  `process ${pid} started at ${startTime} of boot ${bootId ?? "unknown"}`

/** The pid that a reference such as `pid:1234` means; `undefined` where it is none. */
export const parsePid = (reference: string): number | undefined => {
  const found = /^pid:([1-9]\d{0,9})$/.exec(reference)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** The id of a process tree without a name. */
export const idOf = (pid: number): string => `pid:${pid}`

/** Reads a name that a caller gives. */
export const parseName = (name: string): Either.Either<string, InvalidContainerName> =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(name)
    ? Either.right(name)
    : Either.left(new InvalidContainerName({ container: name, allowed: "[a-zA-Z0-9][a-zA-Z0-9_.-]" }))
