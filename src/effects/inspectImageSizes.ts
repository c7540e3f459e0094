/** The files of a folder of images by their size, with their kinds, of which no more is read than tells them. */
import * as Effect from "effect/Effect"
import * as ImageSize from "../domain/inspection/ImageSize.ts"
import type { ImageReading } from "./ImageReading.ts"

/** The largest first; those of one size by name. */
export const imageSizes = (reading: ImageReading): Effect.Effect<ReadonlyArray<ImageSize.ImageSize>> =>
  Effect.map(
    Effect.forEach(reading.folder.files, ({ bytes, name }) =>
      Effect.map(
        reading.attempt(readStart(reading, name)),
        (start) => ImageSize.of(name, bytes, start ?? new Uint8Array())
      ), { concurrency: 8 }),
    (sizes) => sizes.sort((a, b) => b.bytes - a.bytes || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
  )

const readStart = ({ folder }: ImageReading, name: string) =>
  Effect.scoped(Effect.gen(function* () {
    const { bytes, read } = yield* folder.open(name)
    const start = new Uint8Array(Math.min(bytes, 8))
    const count = yield* read(0, start)
    return start.subarray(0, count)
  }))
