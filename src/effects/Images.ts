/**
 * Folders of CRIU's images: which files are there, what is in them, and, of what is ours, keeping a file beside them.
 *
 * It knows nothing of checkpoints: a folder that any program made is one. What is in an image is for `domain/image`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ImagesNotFound, ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"
import type { Durability } from "../domain/CheckpointOptions.ts"
import type { ByteViews } from "../domain/memory/ByteView.ts"

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

/** Something below a folder of images. */
export interface ImageEntry {
  /** Below the folder, such as `pre-dump/pages-1.img`. */
  readonly path: string
  readonly kind: "file" | "link"
  /** Of a file: its length. */
  readonly bytes: number
  /** Of a link: where it leads. */
  readonly target: string
}

/** A folder of images. */
export interface ImageFolder {
  /** Absolute. */
  readonly path: string
  /** The plain files directly in it, by name. Links and what lies deeper are left out. */
  readonly files: ReadonlyArray<ImageInfo>
  /** The folder of the images that these build on, where CRIU's link `parent` leads to one: all links followed; it may be gone. */
  readonly parent: string | undefined
  /** Reads a file whole; one above {@link maximumImageBytes}, or that is not there, is unreadable. */
  readonly read: (name: string) => Effect.Effect<Uint8Array, ImageUnreadable | StorageFailed>
  /** Opens a file for as long as the scope. */
  readonly open: (name: string) => Effect.Effect<OpenImage, ImageUnreadable | StorageFailed, Scope.Scope>
  /** Every file and link below it, by path. Folders are gone into, links are not followed. */
  readonly entries: Effect.Effect<ReadonlyArray<ImageEntry>, StorageFailed>
  /** The SHA-256 of a file below it, hexadecimal. Read a piece at a time, however large it is. */
  readonly digest: (path: string) => Effect.Effect<string, StorageFailed>
  /** Puts a file of this name into it, of mode 0600, whole or not at all; with `full` it is on the device afterwards. */
  readonly keep: (name: string, text: string, durability: Durability) => Effect.Effect<void, StorageFailed>
}

/** The images of one world, or of a machine. */
export class Images extends Context.Tag("stasis/Images")<Images, {
  /** Looks into a folder; fails with `ImagesNotFound` where it is none, or has no `inventory.img`. */
  readonly open: (path: string) => Effect.Effect<ImageFolder, ImagesNotFound | StorageFailed>
  /** The same for a folder that may have lost its `inventory.img`. */
  readonly openDamaged: (path: string) => Effect.Effect<ImageFolder, ImagesNotFound | StorageFailed>
  /** The SHA-256 of a text, hexadecimal. */
  readonly digest: (text: string) => Effect.Effect<string>
  /** Looks into bytes that were read, by the fastest way that the host has. */
  readonly views: ByteViews
}>() {}
