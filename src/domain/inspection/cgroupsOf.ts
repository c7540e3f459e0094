/** The cgroups of the processes, from `cgroup.img`. */
import type { CgControllerEntry, CgroupDirEntry, CgroupEntry } from "../image/message/Cgroup.ts"
import type { CgroupFolder, Cgroups } from "./Cgroups.ts"

/**
 * Puts the section together.
 *
 * @param memberOf the pids of the processes that are in a set, by its id
 */
export const cgroupsOf = (
  { controllers, sets }: CgroupEntry,
  memberOf: ReadonlyMap<number, ReadonlyArray<number>>
): Cgroups => ({
  sets: sets.map(({ ctls, id }) => ({
    id,
    processes: memberOf.get(id) ?? [],
    members: ctls.map(({ name, path }) => ({ hierarchy: name, path }))
  })),
  folders: controllers.flatMap((controller) => controller.dirs.flatMap((dir) => foldersIn(controller, dir, "")))
})

const foldersIn = (
  controller: CgControllerEntry,
  { children, dir_name, properties }: CgroupDirEntry,
  above: string
): ReadonlyArray<CgroupFolder> => {
  const path = `${above}/${dir_name}`
  return [
    { controllers: controller.cnames, path, properties: unique(properties) },
    ...children.flatMap((child) => foldersIn(controller, child, path === "/" ? "" : path))
  ]
}

/** CRIU 4.2 writes some properties several times over. */
const unique = (properties: CgroupDirEntry["properties"]): CgroupFolder["properties"] => {
  const seen = new Set<string>()
  return properties.flatMap(({ name, value }) => {
    const key = `${name}=${value}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ name, value }]
  })
}
