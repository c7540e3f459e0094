/**
 * The name of a checkpoint: the one string of a caller that becomes part of a path.
 *
 * This file owns the grammar of names. It knows nothing of directories and never looks at a disk.
 */
import type * as Brand from "effect/Brand"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { InvalidCheckpointName } from "./CheckpointError.ts"

/** A name that keeps the seed's pattern: it cannot leave the directory it is joined to. */
export type CheckpointName = string & Brand.Brand<"CheckpointName">

/** The characters of a name as the seed prints them in its message. */
export const allowedCharacters = "[a-zA-Z0-9][a-zA-Z0-9_.-]"

/** The longest name in bytes: what Linux file systems take as one path component. */
export const maximumBytes = 255

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/**
 * Reads the name of a checkpoint that is to be made.
 *
 * Rejects what does not match the seed's pattern (with the seed's message), what is longer than
 * {@link maximumBytes}, and what ends in a dot.
 *
 * @example
 * ```ts
 * import { CheckpointName } from "stasis"
 *
 * const good = CheckpointName.parse("before-upgrade")
 * const bad = CheckpointName.parse("../etc")
 * console.log(good._tag, bad._tag) // Right Left
 * ```
 */
export const parse = (input: string): Either.Either<CheckpointName, InvalidCheckpointName> =>
  Either.flatMap(
    parseExisting(input),
    (name) =>
      name.endsWith(".")
        ? Either.left(
          new InvalidCheckpointName({ checkpoint: name, allowed: allowedCharacters, reason: "TrailingDot" })
        )
        : Either.right(name)
  )

/**
 * Reads the name of a checkpoint that may already be there. A trailing dot passes: an older daemon may
 * have left such a checkpoint, and it can still be listed, restored and removed.
 */
export const parseExisting = (input: string): Either.Either<CheckpointName, InvalidCheckpointName> =>
  !pattern.test(input)
    ? Either.left(new InvalidCheckpointName({ checkpoint: input, allowed: allowedCharacters, reason: "Pattern" }))
    : input.length > maximumBytes
    ? Either.left(new InvalidCheckpointName({ checkpoint: input, allowed: allowedCharacters, reason: "Length" }))
    : Either.right(brand(input))

/** Whether a folder of this name may be a checkpoint. */
export const isExisting = (input: string): input is CheckpointName =>
  input.length <= maximumBytes && pattern.test(input)

/** A {@link CheckpointName} as a schema, by the rules of {@link parseExisting}. */
export const CheckpointName: Schema.Schema<CheckpointName, string> = Schema.transformOrFail(
  Schema.String,
  Schema.String.pipe(Schema.filter(isExisting)),
  {
    strict: true,
    decode: (input, _, ast) =>
      Either.mapLeft(parseExisting(input), (error) => new ParseResult.Type(ast, input, error.message)),
    encode: ParseResult.succeed
  }
)

// The pattern has just been checked: this is the one place where a string becomes a name.
const brand = (input: string): CheckpointName => input as CheckpointName
