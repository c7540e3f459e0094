/**
 * Folders of CRIU's images, for reading: which files are there, and what is in them.
 *
 * It knows nothing of checkpoints: a folder that any program made is one. What is in an image is for `domain/image`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ImagesNotFound, ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"

/** The largest image that is read whole, in bytes. Pages and the contents of files are never read so. */
export const maximumImageBytes = 64 * 1024 * 1024

/** A file in a folder of images. */
export interface ImageInfo {
  readonly name: string
  /** Its length. */
  readonly bytes: number
}

/** A file that is open for reading. */
export interface OpenImage {
  /** Its length. */
  readonly bytes: number
  /** Reads from a position on until `into` is full or the file ends; gives how many bytes were read. One call at a time. */
  readonly read: (position: number, into: Uint8Array) => Effect.Effect<number, StorageFailed>
}

/** A folder of images. */
export interface ImageFolder {
  readonly path: string
  /** The plain files directly in it, by name. Links and what lies deeper are left out. */
  readonly files: ReadonlyArray<ImageInfo>
  /** The folder of the images that these build on, where CRIU's link `parent` names one; it may be gone. */
  readonly parent: string | undefined
  /** Reads a file whole; one above {@link maximumImageBytes}, or that is not there, is unreadable. */
  readonly read: (name: string) => Effect.Effect<Uint8Array, ImageUnreadable | StorageFailed>
  /** Opens a file for as long as the scope. */
  readonly open: (name: string) => Effect.Effect<OpenImage, ImageUnreadable | StorageFailed, Scope.Scope>
}

/** The images of one world, or of a machine. */
export class Images extends Context.Tag("stasis/Images")<Images, {
  /** Looks into a folder; fails with `ImagesNotFound` where it is none, or has no `inventory.img`. */
  readonly open: (path: string) => Effect.Effect<ImageFolder, ImagesNotFound | StorageFailed>
}>() {}
