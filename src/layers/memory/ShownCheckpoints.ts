/**
 * The checkpoints of a map as folders, for those who look into them: each is written out the first time that somebody does,
 * on a volume of its own beside that of the world, and goes with its checkpoint.
 *
 * The same code then reads them as reads folders on a disk: what it finds, and refuses, is the same.
 */
import * as CheckpointConfig from "../../domain/CheckpointConfig.ts"
import * as CounterImages from "./CounterImages.ts"
import type { Memory } from "./MemoryContainers.ts"
import { MemoryVolume } from "./MemoryVolume.ts"
import { openFile } from "./OpenFile.ts"
import { isRefusal } from "./Refusal.ts"

/** A checkpoint that can be shown. */
export interface Showable {
  readonly path: string
  readonly config: CheckpointConfig.CheckpointConfig
  readonly frozen: Memory
}

/** The folders of one world. */
export class ShownCheckpoints {
  readonly volume = new MemoryVolume()
  readonly #shown = new Set<string>()

  /** Has the folder of a checkpoint there. */
  show(now: number, { config, frozen, path }: Showable): void {
    if (this.#shown.has(path)) return
    this.#shown.add(path)
    this.makeFolder(now, path)
    const { options, statistics } = config.stasis ?? {}
    const images = [
      ...CounterImages.pages(frozen),
      ...CounterImages.rest(frozen),
      CounterImages.inventory,
      ...(statistics === undefined ? [] : [CounterImages.statistics(statistics)]),
      { name: "config.json", bytes: new TextEncoder().encode(CheckpointConfig.print(config)) }
    ]
    for (const { bytes, name } of images) {
      const file = openFile(this.volume, now, `${path}/${name}`, "w", 0o600)
      if (!isRefusal(file)) file.writeAll(now, bytes)
    }
    if (options?.parentPath !== undefined) {
      this.volume.makeLink(now, `../${options.parentPath}`, `${path}/parent`)
    }
    this.#sync(path)
  }

  /** Has an empty folder there, where none is. */
  makeFolder(now: number, path: string): void {
    this.volume.makeFolders(now, path, 0o700)
  }

  /** The checkpoint is gone, and so is its folder. */
  hide(path: string): void {
    if (!this.#shown.delete(path)) return
    this.volume.removeTree(0, path)
    this.#sync(path.replace(/\/[^/]*$/, ""))
  }

  /** What is shown was on the disk all along. */
  #sync(path: string): void {
    const entry = this.volume.at(path, false, "fsync")
    if (isRefusal(entry)) return
    this.volume.device.syncAll(entry)
    for (let at = entry; at.parent !== undefined && at.parent !== at; at = at.parent) {
      this.volume.device.sync(at.parent, at.parent.node)
    }
  }
}
