/**
 * A folder of images with those that it builds on: the chain of incremental checkpoints, by CRIU's link `parent`.
 *
 * A chain that cannot be followed to its end is no failure: what there is of it is given, and why there is no more.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { type ImagesNotFound, ImageUnreadable, type StorageFailed } from "../domain/CheckpointError.ts"
import { type ImageFolder, Images } from "./Images.ts"

/** A chain of folders of images. */
export interface ImageChain {
  /** The images themselves, then their parents, the nearest first. */
  readonly folders: readonly [ImageFolder, ...Array<ImageFolder>]
  /** Why the chain ends too early: a parent is gone, cannot be read, or is one of those that build on it. */
  readonly broken: ImagesNotFound | ImageUnreadable | StorageFailed | undefined
}

/** Opens the folders that a folder builds on. */
export const openChain = (folder: ImageFolder): Effect.Effect<ImageChain, never, Images> =>
  Effect.gen(function* () {
    const images = yield* Images
    const folders: [ImageFolder, ...Array<ImageFolder>] = [folder]
    const seen = new Set([normal(folder.path)])
    let last = folder
    while (last.parent !== undefined) {
      const path = normal(last.parent)
      if (seen.has(path) || folders.length === longest) {
        const reason = seen.has(path) ? `it leads back to ${path}` : `it has more than ${longest} folders`
        return { folders, broken: new ImageUnreadable({ path: last.path, file: "parent", reason }) }
      }
      seen.add(path)
      const opened = yield* Effect.either(images.open(path))
      if (Either.isLeft(opened)) return { folders, broken: opened.left }
      last = opened.right
      folders.push(last)
    }
    return { folders, broken: undefined }
  })

/** A chain that loops by another way, through links, ends too. */
const longest = 1000

/** Without `.` and `..`: a chain of relative links grows by each of its folders. */
const normal = (path: string): string => {
  const parts: Array<string> = []
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop()
    else if (part === ".." ? !path.startsWith("/") : part !== "" && part !== ".") parts.push(part)
  }
  return `${path.startsWith("/") ? "/" : ""}${parts.join("/")}`
}
