/**
 * Images in a map, by their image path: nothing of them lies on the in-memory file system, but they take its space, and
 * writing them fails where writing a file would. Of each only what was frozen is kept: it is written out when somebody
 * looks (`ShownCheckpoints.ts`).
 */
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import * as CounterImages from "./CounterImages.ts"
import * as CounterProcess from "./CounterProcess.ts"
import type { Faults } from "./Faults.ts"
import type { Memory } from "./MemoryContainers.ts"
import type { MemoryImages } from "./MemoryImages.ts"
import type { MemoryVolume } from "./MemoryVolume.ts"
import { isRefusal, toPlatformError } from "./Refusal.ts"

interface Images {
  /** Bytes that they take of the volume. */
  bytes: number
  /** All but the pages; absent until they are whole. */
  frozen?: Memory
}

/** The images of one world. */
export class ImageMap implements MemoryImages {
  readonly #images = new Map<string, Images>()
  /** What all but the pages of a container takes, by everything that it depends on. */
  readonly #sizes = new Map<string, number>()
  readonly #volume: MemoryVolume
  readonly #faults: Faults

  constructor(volume: MemoryVolume, faults: Faults) {
    this.#volume = volume
    this.#faults = faults
  }

  /** The dump writes over it. */
  readonly writePreDump = (imagePath: string, memory: Memory): Effect.Effect<void, PlatformError> =>
    this.writePages(imagePath, memory)

  readonly writePages = (imagePath: string, memory: Memory): Effect.Effect<void, PlatformError> =>
    this.#write(imagePath, () => CounterProcess.pagesOf(memory) * CounterProcess.pageSize)

  readonly writeInventory = (imagePath: string, memory: Memory): Effect.Effect<void, PlatformError> =>
    this.#write(imagePath, () => this.#sizeBesidePages(memory), memory)

  readonly writeStatistics = (): Effect.Effect<void> => Effect.void

  readonly writeLog = (): Effect.Effect<void> => Effect.void

  readonly readFrozen = (imagePath: string): Effect.Effect<Memory, string> =>
    Effect.suspend(() => {
      const frozen = this.frozen(imagePath)
      return frozen === undefined ? Effect.fail("there is no inventory.img") : Effect.succeed(frozen)
    })

  readonly names = (imagePath: string): Effect.Effect<ReadonlyArray<string>> =>
    Effect.sync(() => {
      const images = this.#images.get(imagePath)
      if (images === undefined) return []
      return images.frozen === undefined ? ["pages-1.img"] : CounterImages.names(images.frozen)
    })

  /** Bytes under a path. */
  bytes(imagePath: string): number {
    return this.#images.get(imagePath)?.bytes ?? 0
  }

  /** What was frozen under a path, where the images are whole. */
  frozen(imagePath: string): Memory | undefined {
    return this.#images.get(imagePath)?.frozen
  }

  /** Moves what is under one path to another, where nothing is. */
  move(from: string, to: string): void {
    const images = this.#images.get(from)
    if (images === undefined) return
    this.#images.delete(from)
    this.#images.set(to, images)
  }

  /** Takes the space of all images again, after the volume has counted only its files. */
  takeSpace(): void {
    for (const { bytes } of this.#images.values()) this.#volume.giveBack(-bytes)
  }

  /** Takes away what is under a path, and gives its space back. */
  remove(imagePath: string): void {
    this.#volume.giveBack(this.bytes(imagePath))
    this.#images.delete(imagePath)
  }

  #write(imagePath: string, size: () => number, frozen?: Memory): Effect.Effect<void, PlatformError> {
    return this.#faults.around(
      "FileSystem.writeFile",
      Effect.suspend(() => {
        const bytes = size()
        const refused = this.#volume.reserve(bytes)
        if (isRefusal(refused)) return Effect.fail(toPlatformError("writeFile", imagePath, refused))
        const images = this.#images.get(imagePath)
        // A dump into a full folder writes over what is there.
        const before = frozen === undefined ? images?.bytes ?? 0 : 0
        this.#volume.giveBack(before)
        this.#images.set(imagePath, {
          bytes: (images?.bytes ?? 0) - before + bytes,
          ...(frozen === undefined ? {} : { frozen })
        })
        return Effect.void
      })
    )
  }

  /** To write them out for it would take as long as all the rest of a checkpoint. */
  #sizeBesidePages(memory: Memory): number {
    const { files, id, name } = memory
    const key = [CounterProcess.pagesOf(memory), id, name, ...files].join("\0")
    const known = this.#sizes.get(key)
    if (known !== undefined) return known
    const size = CounterImages.bytesBesidePages(memory)
    this.#sizes.set(key, size)
    return size
  }
}
