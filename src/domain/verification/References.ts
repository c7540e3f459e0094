/**
 * What images refer to in others: files by their ids, files in memory, terminals, cgroups, and processes. An image that was cut between
 * two entries reads well; what it lacks shows here.
 */
import type { Contents } from "./Contents.ts"
import { ofUnreadable } from "./Loss.ts"
import { living } from "./NeededImages.ts"
import type { Problem } from "./Verification.ts"

/** What is wrong where an image lacks what another refers to. */
export const broken = (contents: Contents): ReadonlyArray<Problem> => [
  ...files(contents),
  ...inMemory(contents),
  ...terminals(contents),
  ...cgroups(contents),
  ...ghosts(contents),
  ...pipes(contents),
  ...strays(contents)
]

const lacks = (file: string, what: string): Problem => ({
  file,
  fault: "incomplete",
  detail: `it lacks ${what}`,
  ...ofUnreadable(file)
})

/** CRIU's `VMA_FILE_PRIVATE` and `VMA_FILE_SHARED`. */
const ofFile = (1 << 6) | (1 << 7)

/** Types of descriptors that CRIU makes up for itself. */
const internal: ReadonlySet<string | number> = new Set(["CTL_TTY", "AUTOFS_PIPE", 65534, 65535])

const files = (contents: Contents): ReadonlyArray<Problem> => {
  const { fdinfos, files, fs, mms } = contents
  if (files === undefined) return []
  const known = new Set(files.map(({ id }) => id))
  const wanted: Array<readonly [id: number, by: string]> = [
    ...[...fdinfos].flatMap(([table, entries]) =>
      entries
        .filter(({ type }) => !internal.has(type))
        .map(({ fd, id }) => [id, `descriptor ${fd} of fdinfo-${table}.img`] as const)
    ),
    ...[...mms].flatMap(([pid, { exe_file_id, vmas }]) => [
      [exe_file_id, `mm-${pid}.img`] as const,
      ...vmas.filter(({ status }) => (status & ofFile) !== 0).map(({ shmid }) =>
        [Number(shmid), `mm-${pid}.img`] as const
      )
    ]),
    ...[...fs].flatMap(([pid, { cwd_id, root_id }]) => [[cwd_id, `fs-${pid}.img`], [root_id, `fs-${pid}.img`]] as const)
  ]
  const first = wanted.find(([id]) => !known.has(id))
  return first === undefined ? [] : [lacks("files.img", `file ${first[0]}, to which ${first[1]} refers`)]
}

const inMemory = ({ files, memfds }: Contents): ReadonlyArray<Problem> => {
  if (memfds === undefined) return []
  const known = new Set(memfds.map(({ inode_id }) => Number(inode_id)))
  const first = (files ?? []).find(({ memfd }) => memfd !== undefined && !known.has(memfd.inode_id))
  return first === undefined ? [] : [lacks("memfd.img", `what file ${first.id} of files.img is`)]
}

const terminals = ({ files, terminals }: Contents): ReadonlyArray<Problem> => {
  if (terminals === undefined) return []
  const known = new Set(terminals.map(({ id }) => id))
  const first = (files ?? []).find(({ tty }) => tty !== undefined && !known.has(tty.tty_info_id))
  return first === undefined ? [] : [lacks("tty-info.img", `the terminal of file ${first.id} of files.img`)]
}

const cgroups = (contents: Contents): ReadonlyArray<Problem> => {
  const { cgroup, cores, inventory } = contents
  if (cgroup === undefined) return []
  const known = new Set([...cgroup.sets.map(({ id }) => id), inventory?.root_cg_set])
  const first = living(contents).find((pid) => {
    const set = cores.get(pid)?.tc?.cg_set
    return set !== undefined && !known.has(set)
  })
  return first === undefined ? [] : [lacks("cgroup.img", `the cgroups of process ${first}`)]
}

const ghosts = ({ names, remaps }: Contents): ReadonlyArray<Problem> => {
  if (remaps === undefined) return []
  const known = new Set(remaps.map(({ remap_id }) => remap_id.toString(16)))
  const first = [...names.keys()].find((name) => {
    const id = /^ghost-file-([\da-f]+)\.img$/.exec(name)?.[1]
    return id !== undefined && !known.has(id)
  })
  return first === undefined ? [] : [lacks("remap-fpath.img", `what ${first} is the content of`)]
}

/** Of a table of descriptors that is gone, and had the only ones of a pipe: CRIU does without others, and crashes on this. */
const pipes = (contents: Contents): ReadonlyArray<Problem> => {
  const { fdinfos, files, ids, names } = contents
  const held = new Set([...fdinfos.values()].flat().map(({ id }) => id))
  const lost = (files ?? []).find(({ id, pipe }) => pipe !== undefined && !held.has(id))
  return lost === undefined ? [] : living(contents).flatMap((pid): ReadonlyArray<Problem> => {
    const file = `fdinfo-${ids.get(pid)?.files_id}.img`
    return !ids.has(pid) || names.has(file) ? [] : [{
      file,
      fault: "missing",
      detail: `it is called for by process ${pid}, and is not there`,
      restore: "impossible",
      consequence: `CRIU crashes on a pipe that nobody holds, file ${lost.id} of files.img`
    }]
  })
}

/** A task that is in no tree: the tree was cut, or images of another dump lie in the folder. */
const strays = ({ names, tree }: Contents): ReadonlyArray<Problem> => {
  if (tree === undefined) return []
  const known = new Set(tree.flatMap(({ pid, threads }) => [pid, ...threads]))
  const stray = [...names.keys()].find((name) => {
    const id = /^core-(\d+)\.img$/.exec(name)?.[1]
    return id !== undefined && !known.has(Number(id))
  })
  return stray === undefined ? [] : [{
    file: "pstree.img",
    fault: "incomplete",
    detail: `it lacks the task of ${stray}: it was cut off, or images of another dump lie in the folder`,
    restore: "doubtful",
    consequence: "it may be restored without some of its processes"
  }]
}
