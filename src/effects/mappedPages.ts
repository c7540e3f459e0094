/**
 * Where pages are, as a pagemap of the images tells with its namesakes in those that they build on. Which areas of a process they are
 * of is for `processMemory.ts`.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ImageUnreadable, type StorageFailed } from "../domain/CheckpointError.ts"
import { kinds } from "../domain/image/kinds.ts"
import { commonPageSize, type DumpedPages, pageMapOf, pageSizeOf } from "../domain/memory/dumpedPages.ts"
import * as PageMap from "../domain/memory/PageMap.ts"
import type { ImageChain } from "./imageChain.ts"
import type { ImageFolder } from "./Images.ts"
import { hasImage, readImage } from "./readImage.ts"

/** A page map, and what of it could not be read. */
export interface MappedPages {
  readonly pages: PageMap.PageMap
  /** Why nothing is known of any page, where that is so; no more than that is known of what the pages are. */
  readonly unread: string | undefined
  /** In bytes. */
  readonly pageSize: number
  readonly problems: ReadonlyArray<ImageUnreadable | StorageFailed>
}

/**
 * The page map that a file of the images and its namesakes in their parents come to.
 *
 * @param told the size of a page, where the process itself was told
 * @param ofOthers the same of any process, for where the lengths of the files do not tell it either
 */
export const mappedPages = (
  chain: ImageChain,
  file: string,
  told: number | undefined,
  ofOthers: Effect.Effect<number | undefined>
): Effect.Effect<MappedPages> =>
  Effect.gen(function* () {
    const problems: Array<ImageUnreadable | StorageFailed> = []
    const layers: Array<DumpedPages | undefined> = []
    let firstReason: string | undefined
    for (const folder of chain.folders) {
      const layer = yield* Effect.either(readPagemap(folder, file))
      if (Either.isLeft(layer) && layers.length === 0) firstReason = `its pagemap cannot be read: ${whyOf(layer.left)}`
      layers.push(Either.getOrUndefined(layer))
      // Of a parent that does not know the process nothing is amiss, unless its pages are called for.
      if (Either.isLeft(layer) && (layers.length === 1 || hasImage(folder, file))) problems.push(layer.left)
    }
    const known = layers.map((layer) => (layer === undefined ? undefined : pageSizeOf(layer)))
    // A file that is cut off tells of a wrong size, or of none.
    const pageSize = told ?? known.find((size) => size !== undefined) ?? (yield* ofOthers) ?? commonPageSize
    let pages: Either.Either<PageMap.PageMap, string> = Either.left(
      chain.broken === undefined ? "there is no parent" : "its parent is not there"
    )
    for (const [depth, layer] of [...layers.entries()].reverse()) {
      pages = layer === undefined
        ? Either.left("the parent does not know its memory")
        : pageMapOf(layer, pageSize, depth, pages)
      if (layer !== undefined && Either.isLeft(pages)) {
        const path = chain.folders[depth]?.path ?? chain.folders[0].path
        problems.push(new ImageUnreadable({ path, file, reason: pages.left }))
      }
    }
    const unread = firstReason ?? Either.getOrUndefined(Either.flip(pages))
    return { pages: Either.getOrElse(pages, () => PageMap.empty), unread, pageSize, problems }
  })

const readPagemap = (folder: ImageFolder, file: string): Effect.Effect<DumpedPages, ImageUnreadable | StorageFailed> =>
  Effect.map(readImage(folder, file, kinds.pagemap), ({ entries, head }) => {
    const pages = `pages-${head?.value.pages_id ?? 0}.img`
    return {
      entries: entries.map(({ value }) => value),
      file: pages,
      bytes: folder.files.find(({ name }) => name === pages)?.bytes
    }
  })

const whyOf = (error: ImageUnreadable | StorageFailed): string =>
  error._tag === "ImageUnreadable" ? error.reason : error.detail
