/** The mounts of a mount namespace, from its `mountpoints` image. */
import * as FileSystemName from "../image/FileSystemName.ts"
import type { MntEntry } from "../image/message/Mnt.ts"
import * as MountFlags from "../image/MountFlags.ts"
import type { Mount } from "./Mount.ts"

/** The mounts as a tree that is laid flat: each before those on it, and those on one by their mountpoints. */
export const mountsOf = (namespace: number, entries: ReadonlyArray<MntEntry>): ReadonlyArray<Mount> => {
  const ids = new Set(entries.map(({ mnt_id }) => mnt_id))
  const children = new Map<number | undefined, Array<MntEntry>>()
  for (const entry of entries) {
    // One that is on itself, as damage may have it, is on none.
    const isFirst = !ids.has(entry.parent_mnt_id) || entry.parent_mnt_id === entry.mnt_id
    const parent = isFirst ? undefined : entry.parent_mnt_id
    const known = children.get(parent)
    if (known === undefined) children.set(parent, [entry])
    else known.push(entry)
  }
  const found: Array<Mount> = []
  const rest = new Set(entries)
  const add = (list: ReadonlyArray<MntEntry>) => {
    const stack = [...list].sort(behind)
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      if (!rest.delete(entry)) continue
      found.push(mountOf(namespace, entry))
      for (const child of [...children.get(entry.mnt_id) ?? []].sort(behind)) stack.push(child)
    }
  }
  add(children.get(undefined) ?? [])
  // Mounts that are on one another in a circle, as damage may have it.
  add([...rest])
  return found
}

/** The last one first: they are taken from the end. */
const behind = (a: MntEntry, b: MntEntry): number =>
  a.mountpoint < b.mountpoint ? 1 : a.mountpoint > b.mountpoint ? -1 : b.mnt_id - a.mnt_id

const mountOf = (namespace: number, entry: MntEntry): Mount => ({
  namespace,
  id: entry.mnt_id,
  parent: entry.parent_mnt_id,
  root: entry.root,
  mountpoint: entry.mountpoint,
  source: entry.source,
  type: FileSystemName.of(entry) ?? `${entry.fstype}`,
  flags: MountFlags.wordsOf(entry.flags),
  fileSystemFlags: MountFlags.wordsOf(entry.sb_flags ?? 0),
  options: entry.options,
  isExternal: entry.ext_mount === true || entry.ext_key !== undefined,
  ...(entry.ext_key === undefined ? {} : { externalKey: entry.ext_key }),
  ...group("shared", entry.shared_id),
  ...group("master", entry.master_id)
})

/** Zero is none. */
const group = (key: "shared" | "master", id: number | undefined): Pick<Mount, "shared" | "master"> =>
  id === undefined || id === 0 ? {} : key === "shared" ? { shared: id } : { master: id }
