/**
 * A file of an image folder, of whatever kind: which kind it is, and what is in it.
 *
 * Where the kind is known beforehand, `ImageFile.read` of that kind gives its entries with their types.
 */
import * as Either from "effect/Either"
import { formerKinds } from "./formerKinds.ts"
import * as ImageFile from "./ImageFile.ts"
import type { AnyKind } from "./ImageKind.ts"
import { kinds } from "./kinds.ts"
import { rawKinds } from "./rawKinds.ts"

/** What a file of an image folder is. */
export type Identity =
  | { readonly _tag: "Known"; readonly kind: AnyKind; readonly id: string | undefined }
  /** It holds what is not CRIU's to lay out, such as memory; it has no entries. */
  | { readonly _tag: "Raw"; readonly name: string; readonly id: string | undefined }
  /** With the number by which it begins, where it is long enough to have one. */
  | { readonly _tag: "Unknown"; readonly magic: number | undefined }

/** What is in a file of an image folder. */
export type Decoded =
  | (Extract<Identity, { readonly _tag: "Known" }> & ImageFile.Image<unknown, unknown>)
  | Exclude<Identity, { readonly _tag: "Known" }>

const allKinds: ReadonlyArray<AnyKind> = [...Object.values(kinds), ...formerKinds]

/**
 * Tells what a file is: by the number at its start, or by its name where that number is none that is known. What has no number
 * of its own, such as memory, is told by its name first: it may begin with anything.
 *
 * @param start at least the first 8 bytes of the file, or all of it
 */
export const identify = (fileName: string, start: Uint8Array): Identity => {
  for (const [name, file] of Object.entries(rawKinds)) {
    const match = file.exec(fileName)
    if (match !== null) return { _tag: "Raw", name, id: match[1] }
  }
  const magic = ImageFile.magicOf(start)?.magic
  const ofMagic = allKinds.filter((kind) => kind.magic === magic)
  const isCalled = (kind: AnyKind) => kind.file.test(fileName)
  const kind = ofMagic.find(isCalled) ?? ofMagic[0] ?? allKinds.find(isCalled)
  return kind === undefined ? { _tag: "Unknown", magic } : { _tag: "Known", kind, id: kind.file.exec(fileName)?.[1] }
}

/** Reads a file of an image folder, whatever it is; the reason of a failure is one line. */
export const decode = (fileName: string, bytes: Uint8Array): Either.Either<Decoded, string> => {
  const identity = identify(fileName, bytes)
  return identity._tag === "Known"
    ? Either.map(ImageFile.read(identity.kind, bytes), (image) => ({ ...identity, ...image }))
    : Either.right(identity)
}
