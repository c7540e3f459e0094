/**
 * Images in a map, by their image path: nothing of them lies on the in-memory file system, but they take its space, and
 * writing them fails where writing a file would.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import type { Faults } from "./Faults.ts"
import type { Memory } from "./MemoryContainers.ts"
import type { MemoryImages } from "./MemoryImages.ts"
import type { MemoryVolume } from "./MemoryVolume.ts"
import { isRefusal, toPlatformError } from "./Refusal.ts"

interface Images {
  /** Bytes that they take of the volume. */
  bytes: number
  /** All but the pages; absent until they are whole. */
  inventory?: Memory
}

/** The images of one world. */
export class ImageMap implements MemoryImages {
  readonly #images = new Map<string, Images>()
  readonly #volume: MemoryVolume
  readonly #faults: Faults

  constructor(volume: MemoryVolume, faults: Faults) {
    this.#volume = volume
    this.#faults = faults
  }

  readonly writePages = (imagePath: string, bytes: number): Effect.Effect<void, PlatformError> =>
    this.#write(imagePath, bytes)

  readonly writeInventory = (imagePath: string, inventory: Memory): Effect.Effect<void, PlatformError> =>
    this.#write(imagePath, inventoryBytes, inventory)

  readonly writeLog = (): Effect.Effect<void> => Effect.void

  readonly readInventory = (imagePath: string): Effect.Effect<Memory, string> =>
    Effect.suspend(() => {
      const inventory = this.#images.get(imagePath)?.inventory
      return inventory === undefined ? Effect.fail("there is no inventory.img") : Effect.succeed(inventory)
    })

  readonly names = (imagePath: string): Effect.Effect<ReadonlyArray<string>> =>
    Effect.sync(() =>
      !this.#images.has(imagePath) ? [] : this.isWhole(imagePath) ? ["inventory.img", "pages-1.img"] : ["pages-1.img"]
    )

  /** Bytes under a path. */
  bytes(imagePath: string): number {
    return this.#images.get(imagePath)?.bytes ?? 0
  }

  /** Whether the images under a path are whole. */
  isWhole(imagePath: string): boolean {
    return this.#images.get(imagePath)?.inventory !== undefined
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

  #write(imagePath: string, bytes: number, inventory?: Memory): Effect.Effect<void, PlatformError> {
    return this.#faults.around(
      "FileSystem.writeFile",
      Effect.suspend(() => {
        const refused = this.#volume.reserve(bytes)
        if (isRefusal(refused)) return Effect.fail(toPlatformError("writeFile", imagePath, refused))
        const images = this.#images.get(imagePath)
        // A dump into a full folder writes over what is there.
        const before = inventory === undefined ? images?.bytes ?? 0 : 0
        this.#volume.giveBack(before)
        this.#images.set(imagePath, {
          bytes: (images?.bytes ?? 0) - before + bytes,
          ...(inventory === undefined ? {} : { inventory })
        })
        return Effect.void
      })
    )
  }
}

/** What an inventory takes on a disk, about. */
const inventoryBytes = 256
