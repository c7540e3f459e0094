/** What folders hold on their disks, file by file, and what is more of it later. */
import * as NodeFs from "node:fs"

/** One file or folder. */
export interface Entry {
  /** What a regular file holds; 0 for all else. */
  readonly bytes: number
  /** What it takes on the disk in bytes, as `du` counts. */
  readonly blocks: number
}

/** What is below some folders, by path. */
export type DiskUse = ReadonlyMap<string, Entry>

/** Looks at all that is below these folders, on the same disk as each: what is mounted there is not on it. */
export const of = (folders: ReadonlyArray<string>): DiskUse => {
  const use = new Map<string, Entry>()
  for (const folder of folders) collect(folder, NodeFs.lstatSync(folder).dev, use)
  return use
}

/** What is more than before; what is less or gone makes up for nothing, and what is of no account is left out. */
export const growth = (
  before: DiskUse,
  after: DiskUse,
  isOfNoAccount: (path: string) => boolean = () => false
): Entry & { readonly paths: ReadonlyArray<string> } => {
  const grown = [...after].filter(([path]) => !isOfNoAccount(path)).map(([path, now]) => {
    const old = before.get(path) ?? nothing
    return { path, bytes: Math.max(0, now.bytes - old.bytes), blocks: Math.max(0, now.blocks - old.blocks) }
  }).filter(({ blocks, bytes }) => bytes + blocks > 0)
  return {
    bytes: grown.reduce((sum, { bytes }) => sum + bytes, 0),
    blocks: grown.reduce((sum, { blocks }) => sum + blocks, 0),
    paths: grown.map(({ path }) => path)
  }
}

const nothing: Entry = { bytes: 0, blocks: 0 }

const collect = (path: string, device: number, use: Map<string, Entry>): void => {
  const status = NodeFs.lstatSync(path, { throwIfNoEntry: false })
  if (status === undefined || status.dev !== device) return
  use.set(path, { bytes: status.isFile() ? status.size : 0, blocks: status.blocks * 512 })
  if (!status.isDirectory()) return
  for (const name of NodeFs.readdirSync(path)) collect(`${path}/${name}`, device, use)
}
