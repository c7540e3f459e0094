/**
 * The seal of a checkpoint, `seal.json` in its folder: the length and the digest of every file below it, by which each byte can be
 * held against what it was.
 *
 * It is no signature: who can write to the folder can seal it anew. It tells bytes that changed by themselves, or by mistake.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Mismatch from "../Mismatch.ts"

/** The version of seals that this library writes. */
export const currentVersion = 1

/** The name of the file that holds it. */
export const fileName = "seal.json"

/** Whether a file is the seal, or one that was never finished: no seal speaks of them. */
export const isSeal = (path: string): boolean => path === fileName || path.startsWith(`.${fileName}.`)

/** A file as it was sealed. */
export const SealedFile = Schema.Struct({
  /** Below the folder, such as `pre-dump/pages-1.img`. */
  path: Schema.String,
  bytes: Schema.Number,
  /** Hexadecimal, in small letters. */
  digest: Schema.String
})
/** A file as it was sealed. */
export type SealedFile = typeof SealedFile.Type

/** A seal. */
export const Seal = Schema.Struct({
  version: Schema.Int,
  algorithm: Schema.Literal("sha256"),
  /** When it was made: RFC 3339. */
  sealed: Schema.String,
  /** By path, the seal itself left out. */
  files: Schema.Array(SealedFile),
  /** Symbolic links by path: where they lead is sealed, not what lies there. */
  links: Schema.Array(Schema.Struct({ path: Schema.String, target: Schema.String }))
})
/** A seal. */
export type Seal = typeof Seal.Type

/** Why a seal does not read. */
export type Unreadable =
  /** Made by a newer version of this library. */
  | { readonly _tag: "Newer"; readonly version: number }
  | { readonly _tag: "Malformed"; readonly reason: string }

/**
 * What is written of a seal before its own digest, the `self` of {@link print}. A seal that lost a byte would else let the file of
 * which it speaks look damaged.
 */
export const body = (seal: Seal): string => {
  const { algorithm, files, links, sealed, version } = seal
  return JSON.stringify({ version, algorithm, sealed, files, links })
}

/** Prints a seal: its body with the digest of that, one line. */
export const print = (body: string, self: string): string => `${body.slice(0, -1)},"self":"${self}"}\n`

const ending = /,"self":"([^"]*)"\}\n$/

/** Takes the text of a seal apart: the body, and the digest that it has to have; `undefined` where it has none. */
export const split = (text: string): { readonly body: string; readonly self: string } | undefined => {
  const self = ending.exec(text)
  return self === null ? undefined : { body: `${text.slice(0, self.index)}}`, self: self[1] ?? "" }
}

/** Reads the text of a seal; fields that are not known are let be. */
export const parse = (text: string): Either.Either<Seal, Unreadable> =>
  Either.flatMap(
    Either.try({ try: (): unknown => JSON.parse(text), catch: () => malformed("it is not valid JSON") }),
    (json) =>
      Either.flatMap(Either.mapLeft(decodeVersion(json), describe), ({ version }): Either.Either<Seal, Unreadable> =>
        version > currentVersion ? Either.left({ _tag: "Newer", version }) : Either.mapLeft(decodeSeal(json), describe))
  )

/** Why a seal does not read, in words. */
export const sayUnreadable = (why: Unreadable): string =>
  why._tag === "Newer"
    ? `it is of version ${why.version}, and this library knows ${currentVersion}; a newer one is needed to hold it against the files`
    : why.reason

const decodeVersion = ParseResult.decodeUnknownEither(Schema.Struct({ version: Schema.Int }))
const decodeSeal = ParseResult.decodeUnknownEither(Seal)

const malformed = (reason: string): Unreadable => ({ _tag: "Malformed", reason })

const describe = (issue: ParseResult.ParseIssue): Unreadable => {
  const { path, reason } = Mismatch.first(issue)
  return malformed(`it has the wrong shape${path === "" ? "" : ` at "${path}"`}: ${reason}`)
}
