/**
 * The checkpoints of an in-memory world that keeps them in maps: those that were published, and the attempts that are under
 * way or were left behind.
 *
 * It knows what is there and what a loss of power takes; who may change it when is `MemoryCheckpointStore.ts`.
 */
import * as Either from "effect/Either"
import { byName, type Checkpoint } from "../../domain/Checkpoint.ts"
import type { CheckpointConfig } from "../../domain/CheckpointConfig.ts"
import { type CheckpointDirectory, parse as parseDirectory } from "../../domain/CheckpointDirectory.ts"
import type { CheckpointName } from "../../domain/CheckpointName.ts"
import type { Container } from "../../domain/Container.ts"
import type { Interrupted, Staging } from "../../effects/CheckpointStore.ts"
import type { ImageMap } from "./ImageMap.ts"
import type { ShownCheckpoints } from "./ShownCheckpoints.ts"

/** A checkpoint that was published. */
export interface Published {
  readonly checkpoint: Checkpoint
  readonly name: CheckpointName
  /** Its record. */
  readonly config: CheckpointConfig
  /** A loss of power leaves it. */
  readonly durable: boolean
}

interface Attempt {
  readonly staging: Staging
  /** The intent was made durable. */
  readonly durable: boolean
  /** The images were made durable. */
  synced: boolean
  rebooted: boolean
}

/** The checkpoints and attempts of one world. */
export class CheckpointMap {
  readonly #directories = new Map<CheckpointDirectory, Map<string, Published>>()
  readonly #attempts = new Map<string, Attempt>()
  /** The operation that dumped each container last. */
  readonly #dumps = new Map<string, string>()
  readonly #images: ImageMap
  readonly #shown: ShownCheckpoints

  constructor(images: ImageMap, shown: ShownCheckpoints) {
    this.#images = images
    this.#shown = shown
  }

  /** One checkpoint, whoever's it is. */
  get(directory: CheckpointDirectory, name: string): Published | undefined {
    return this.#directories.get(directory)?.get(name)
  }

  /** Whether a directory has ever held a checkpoint. */
  isKnown(directory: CheckpointDirectory): boolean {
    return this.#directories.has(directory)
  }

  /** The directories that checkpoints of a container are in. */
  directoriesOf(container: string): ReadonlyArray<CheckpointDirectory> {
    return Array.from(this.#directories).flatMap(([directory, names]) =>
      Array.from(names.values()).some(({ checkpoint }) => checkpoint.container === container) ? [directory] : []
    )
  }

  /** Every checkpoint in a directory, by name. */
  in(directory: CheckpointDirectory): ReadonlyArray<Published> {
    return Array.from(this.#directories.get(directory)?.values() ?? []).sort(byName)
  }

  /** Every checkpoint there is, in no particular order. */
  get all(): ReadonlyArray<Published> {
    return Array.from(this.#directories.values(), (names) => Array.from(names.values())).flat()
  }

  /** The containers of the attempts. */
  get attempted(): ReadonlyArray<Container> {
    return Array.from(this.#attempts.values(), ({ staging }) => staging.intent.container)
  }

  /** Keeps which operation dumps a container. */
  noteDump(container: string, operation: string): void {
    this.#dumps.set(container, operation)
  }

  /** The operation that was noted last. */
  lastDump(container: string): string | undefined {
    return this.#dumps.get(container)
  }

  /** Keeps an attempt. */
  stage(staging: Staging, durable: boolean): void {
    this.#attempts.set(staging.path, { staging, durable, synced: false, rebooted: false })
  }

  /** Makes the images of an attempt a checkpoint; the attempt stays. */
  publish(staging: Staging, published: Published): void {
    const attempt = this.#attempts.get(staging.path)
    if (attempt !== undefined) attempt.synced = published.durable
    this.#images.move(staging.imagePath, published.checkpoint.path)
    const names = this.#directories.get(staging.directory) ?? new Map<string, Published>()
    this.#directories.set(staging.directory, names.set(published.name, published))
  }

  /** Sweeps an attempt away, and the images that were not published. */
  discard(staging: Staging): void {
    this.#images.remove(staging.imagePath)
    this.#attempts.delete(staging.path)
  }

  /** Takes a checkpoint away; whether it was there. */
  remove(directory: CheckpointDirectory, { name, path }: Checkpoint): boolean {
    if (this.#directories.get(directory)?.delete(name) !== true) return false
    this.#images.remove(path)
    this.#shown.hide(path)
    return true
  }

  /** Has what is at a path among the folders that are shown; whether it is a checkpoint, or lies in or above one. */
  show(now: number, path: string): boolean {
    if (this.#namesIn(path) !== undefined) {
      this.#shown.makeFolder(now, path)
      return true
    }
    const published = this.#at(path) ?? this.#at(parentOf(path))
    if (published === undefined) return this.#namesIn(parentOf(path)) !== undefined
    const { checkpoint, config } = published
    const frozen = this.#images.frozen(checkpoint.path)
    if (frozen !== undefined) this.#shown.show(now, { path: checkpoint.path, config, frozen })
    return true
  }

  #at(path: string): Published | undefined {
    return this.#namesIn(parentOf(path))?.get(path.slice(path.lastIndexOf("/") + 1))
  }

  #namesIn(path: string): Map<string, Published> | undefined {
    return Either.match(parseDirectory(path), {
      onLeft: () => undefined,
      onRight: (directory) => this.#directories.get(directory)
    })
  }

  /** The attempts of a container, as its next operation finds them. */
  left(container: string): ReadonlyArray<Interrupted> {
    if (this.#attempts.size === 0) return []
    return Array.from(this.#attempts.values()).filter(({ staging }) => staging.intent.container.id === container)
      .map(({ rebooted, staging, synced }) => ({
        staging,
        begun: this.#images.bytes(staging.imagePath) > 0,
        dumped: this.#images.frozen(staging.imagePath) !== undefined,
        synced,
        rebooted,
        published: this.get(staging.directory, staging.intent.checkpoint)?.checkpoint.record?.operation ===
          staging.intent.operation
      }))
  }

  /** The power is lost: what was not durable goes, unless the device had written it on its own account. */
  losePower(survives: () => boolean): void {
    for (const [directory, names] of this.#directories) {
      for (const { checkpoint, durable } of names.values()) {
        if (!durable && !survives()) this.remove(directory, checkpoint)
      }
    }
    for (const attempt of this.#attempts.values()) {
      if (!attempt.durable && !attempt.synced && !survives()) this.discard(attempt.staging)
      else attempt.rebooted = true
    }
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))
