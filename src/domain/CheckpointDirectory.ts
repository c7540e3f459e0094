/**
 * The folder that holds checkpoints, one folder each, and where in it a checkpoint lies.
 *
 * This file owns the grammar of such paths. Whether the folder is there, is a link, or may be
 * used is for the store that touches the disk to say.
 */
import type * as Brand from "effect/Brand"
import * as Either from "effect/Either"
import { InvalidCheckpointDirectory } from "./CheckpointError.ts"
import type { CheckpointName } from "./CheckpointName.ts"

/** An absolute, normal path: no empty, `.` or `..` component, no NUL, no trailing slash, not `/` itself. */
export type CheckpointDirectory = string & Brand.Brand<"CheckpointDirectory">

// Half of a character has no UTF-8: what would be made on the disk is another folder than the one that was named.
const loneSurrogate = /\p{Surrogate}/u

/** The longest path in bytes: Linux takes 4095, of which names of checkpoints, of staging folders and of images need some. */
export const maximumBytes = 3583

/**
 * Reads a checkpoint directory that a caller chose. Doubled and trailing slashes and `.` are
 * normalised away; `..` is refused, for through a link it leads elsewhere than it reads, and so are NUL
 * and halves of characters (lone surrogates), which no file system holds.
 */
export const parse = (input: string): Either.Either<CheckpointDirectory, InvalidCheckpointDirectory> => {
  const refuse = (reason: InvalidCheckpointDirectory["reason"]) =>
    Either.left(new InvalidCheckpointDirectory({ directory: input, reason }))
  if (input.includes("\0") || loneSurrogate.test(input)) return refuse("Malformed")
  if (!input.startsWith("/")) return refuse("Relative")
  const parts = input.split("/").filter((part) => part !== "" && part !== ".")
  if (parts.includes("..")) return refuse("ParentComponent")
  if (parts.length === 0) return refuse("Root")
  const path = `/${parts.join("/")}`
  return utf8Length(path) > maximumBytes || parts.some((part) => utf8Length(part) > 255)
    ? refuse("TooLong")
    : Either.right(brand(path))
}

/** The same, of a choice that a caller may have left to us. */
export const parseChoice = (
  input: string | undefined
): Either.Either<CheckpointDirectory | undefined, InvalidCheckpointDirectory> =>
  input === undefined ? Either.right(undefined) : parse(input)

/** The folder of one checkpoint in a directory. */
export const locate = (directory: CheckpointDirectory, name: CheckpointName): string => `${directory}/${name}`

/** The folder that holds a checkpoint directory, and the directory's own name in it. */
export const split = (directory: CheckpointDirectory): { readonly parent: string; readonly base: string } => {
  const slash = directory.lastIndexOf("/")
  return { parent: slash === 0 ? "/" : directory.slice(0, slash), base: directory.slice(slash + 1) }
}

/**
 * Writes any string as one path component, injectively: what is neither letter, digit, `_` nor `-`, nor a
 * dot that does not lead, becomes `%` and two hexadecimal digits for each UTF-8 byte. Container ids and
 * runtime roots become folder names by it.
 *
 * The result has between 1 and 3 characters for each UTF-8 byte: up to 85 bytes always fit one component.
 * A longer result than 255 is not cut, for two inputs could then meet in one folder: making the folder
 * fails with `StorageFailed`.
 */
export const encodeComponent = (input: string): string =>
  input === "" ? "%" : Array.from(input, encodeCharacter).join("")

const encodeCharacter = (character: string, index: number): string =>
  /[a-zA-Z0-9_-]/.test(character) || (character === "." && index > 0)
    ? character
    : utf8Bytes(character).map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

const utf8Bytes = (character: string): ReadonlyArray<number> => {
  const code = character.codePointAt(0) ?? 0
  const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f)
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), tail(0)]
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)]
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)]
}

const utf8Length = (input: string): number => Array.from(input).reduce((sum, c) => sum + utf8Bytes(c).length, 0)

// Checked by `parse` just above its only use.
const brand = (input: string): CheckpointDirectory => input as CheckpointDirectory
