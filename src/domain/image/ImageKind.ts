/**
 * A kind of CRIU's image files: by which number one begins, which message its entries are, and what lies behind an entry.
 *
 * This file owns what a kind is. Which kinds there are is in `kinds.ts`, how a file of one is read in `ImageFile.ts`.
 */
import type { Message } from "./Message.ts"

/** A kind of image whose entries are messages of the type `A`, all but the first where it has a `head` of the type `H`. */
export interface ImageKind<A, H = never> {
  /** CRIU's name of its magic number, in small letters, such as `pstree`. */
  readonly name: string
  /** The number that tells the kind. */
  readonly magic: number
  /** It is no part of the container, such as the statistics: it begins with another number. */
  readonly isService?: boolean
  /** What a file of the kind is called; the first group is the id in the name, if there is one. */
  readonly file: RegExp
  readonly entry: Message<A>
  // Methods, so that a kind of one message is a kind of an unknown one: they are only ever given what `entry` and `head` gave.
  /** How many bytes behind an entry belong to it and are no message. They are given as they follow. */
  extra?(entry: A, following: Uint8Array): number
  /** The first entry, where it is another message than the rest. */
  readonly head?: Message<H>
  /** The same for the first entry. */
  headExtra?(head: H, following: Uint8Array): number
}

/** A kind of image whose first entry is another message than the rest. */
export interface HeadedKind<A, H> extends ImageKind<A, H> {
  readonly head: Message<H>
}

/** A kind of image of whatever message. */
export type AnyKind = ImageKind<unknown, unknown>
