/** The files of a chain that hold pages, each opened when it is first needed, and open for as long as the scope. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { ImageUnreadable, type StorageFailed } from "../domain/CheckpointError.ts"
import type { ImageChain } from "./imageChain.ts"
import type { OpenImage } from "./Images.ts"

/** Reads bytes of a file of a folder of the chain until `into` is full; a file that ends before is unreadable. */
export type ReadPages = (
  depth: number,
  file: string,
  offset: number,
  into: Uint8Array
) => Effect.Effect<void, ImageUnreadable | StorageFailed>

/** Gives the reader of a chain's pages; its calls wait for one another. */
export const openPages = (chain: ImageChain): Effect.Effect<ReadPages, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const turn = yield* Effect.makeSemaphore(1)
    const open = new Map<string, OpenImage>()
    const openOnce = (depth: number, file: string) =>
      Effect.gen(function* () {
        const key = `${depth}/${file}`
        const known = open.get(key)
        if (known !== undefined) return known
        const folder = chain.folders[depth]
        if (folder === undefined) {
          return yield* new ImageUnreadable({ path: chain.folders[0].path, file, reason: "its folder is not there" })
        }
        const image = yield* folder.open(file).pipe(Scope.extend(scope))
        open.set(key, image)
        return image
      })
    return (depth, file, offset, into) =>
      turn.withPermits(1)(Effect.gen(function* () {
        const image = yield* openOnce(depth, file)
        const count = yield* image.read(offset, into)
        if (count < into.byteLength) {
          const path = chain.folders[depth]?.path ?? chain.folders[0].path
          return yield* new ImageUnreadable({ path, file, reason: "it ends before its pages do" })
        }
      }))
  })
