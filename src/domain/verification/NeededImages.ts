/**
 * Which images there have to be, by what the others say: those of each process and thread, and of what they hold and live in
 * (CRIU's `criu/cr-dump.c`, `criu/namespaces.c`, `criu/pstree.c`; tried on dumps of every kind that the tests make).
 *
 * Nothing is called for that CRIU leaves out of some whole dump: what was under way in pipes, locks, messages.
 */
import type { MntEntry } from "../image/message/Mnt.ts"
import type { Contents } from "./Contents.ts"
import { unheld } from "./HeldFiles.ts"
import * as Loss from "./Loss.ts"
import type { Problem } from "./Verification.ts"

/** An image that there has to be. */
export interface Need {
  readonly file: string
  /** What calls for it, such as `process 7`. */
  readonly by: string
}

/** CRIU's `TASK_DEAD` and the state of a zombie: of such a task there is nothing but its end. */
const dead: ReadonlySet<number | undefined> = new Set([2, 6])

/** The pids of the processes that have memory and files. */
export const living = ({ cores, names, tree }: Contents): ReadonlyArray<number> =>
  (tree ?? []).map(({ pid }) => pid).filter((pid) => {
    const core = cores.get(pid)
    // Of one whose state does not read, the others tell.
    return core === undefined
      ? names.has(`ids-${pid}.img`) || names.has(`mm-${pid}.img`)
      : !dead.has(core.tc?.task_state)
  })

/** What is wrong where an image is not there. */
export const missing = (contents: Contents): ReadonlyArray<Problem> => notThere(contents, all(contents))

/** The same of pages files alone: of images that others build on. */
export const missingPages = (contents: Contents): ReadonlyArray<Problem> => notThere(contents, pagesFiles(contents))

const notThere = ({ names }: Contents, needs: ReadonlyArray<Need>): ReadonlyArray<Problem> =>
  needs
    .filter(({ file }, index, needs) => !names.has(file) && needs.findIndex((one) => one.file === file) === index)
    .map(({ by, file }) => ({
      file,
      fault: "missing",
      detail: `it is called for by ${by}, and is not there`,
      ...(/^pages-/.test(file) && /^pagemap-shmem-/.test(by) ? Loss.ofSharedPages : Loss.ofMissing(file))
    }))

/** Every image that is called for. */
const all = (contents: Contents): ReadonlyArray<Need> => [
  { file: "inventory.img", by: "every dump" },
  { file: "pstree.img", by: "every dump" },
  ...tasks(contents),
  ...memory(contents),
  ...files(contents),
  ...namespaces(contents)
]

const tasks = (contents: Contents): ReadonlyArray<Need> => {
  const { cores, ids, inventory, tree } = contents
  const alive = new Set(living(contents))
  const rootFs = new Set<number>()
  const lacksTable = unheld(contents) !== undefined
  return (tree ?? []).flatMap(({ pid, threads }) => {
    const by = `process ${pid}`
    if (!alive.has(pid)) return [{ file: `core-${pid}.img`, by }]
    const shared = ids.get(pid)
    const sharesFs = shared !== undefined && rootFs.has(shared.fs_id)
    if (shared !== undefined) rootFs.add(shared.fs_id)
    const table = inventory?.fdinfo_per_id === true ? shared?.files_id : pid
    const filters = threads.some((id) => cores.get(id)?.thread_core?.seccomp_mode === "filter") ||
      cores.get(pid)?.tc?.old_seccomp_mode === "filter"
    return [
      ...threads.map((id) => ({ file: `core-${id}.img`, by: id === pid ? by : `a thread of ${by}` })),
      { file: `ids-${pid}.img`, by },
      { file: `mm-${pid}.img`, by },
      { file: `pagemap-${pid}.img`, by },
      ...(sharesFs ? [] : [{ file: `fs-${pid}.img`, by }]),
      ...(table === undefined || !lacksTable ? [] : [{ file: `fdinfo-${table}.img`, by }]),
      ...(filters ? [{ file: "seccomp.img", by }] : []),
      ...(needsCgroups(contents, pid) ? [{ file: "cgroup.img", by }] : [])
    ]
  })
}

/** One that is in the cgroups of the one who dumped it stays in those of the one who restores it. */
const needsCgroups = ({ cores, inventory }: Contents, pid: number): boolean => {
  const set = cores.get(pid)?.tc?.cg_set ?? cores.get(pid)?.thread_core?.cg_set
  return set !== undefined && inventory?.root_cg_set !== undefined && set !== inventory.root_cg_set
}

/** CRIU's `VMA_ANON_SHARED`, `VMA_AREA_SYSVIPC` and `VMA_AREA_MEMFD`. */
const [anonymousShared, sysvipc, memfd] = [1 << 8, 1 << 10, 1 << 14]

const pagesFiles = (contents: Contents): ReadonlyArray<Need> =>
  [...contents.pagemaps].flatMap(([map, { pagesId, present }]) =>
    present === 0 ? [] : [{ file: `pages-${pagesId}.img`, by: map }]
  )

const memory = (contents: Contents): ReadonlyArray<Need> => [
  ...pagesFiles(contents),
  ...[...contents.mms].flatMap(([pid, { vmas }]) =>
    vmas
      .filter(({ status }) => (status & anonymousShared) !== 0 && (status & (sysvipc | memfd)) === 0)
      .map(({ shmid }) => ({ file: `pagemap-shmem-${shmid}.img`, by: `process ${pid}` }))
  ),
  ...[...contents.mms].flatMap(([pid, { vmas }]) => {
    const namespace = contents.ids.get(pid)?.ipc_ns_id
    return namespace !== undefined && vmas.some(({ status }) => (status & sysvipc) !== 0)
      ? [{ file: `ipcns-shm-${namespace}.img`, by: `process ${pid}` }]
      : []
  }),
  ...(contents.memfds ?? [])
    .filter(({ hugetlb_flag, size }) => size > 0n && hugetlb_flag === undefined)
    .map(({ shmid }) => ({ file: `pagemap-shmem-${shmid}.img`, by: "memfd.img" })),
  ...[...contents.segments.values()].flat()
    .filter(({ in_pagemaps }) => in_pagemaps === true)
    .map(({ desc }) => ({ file: `pagemap-shmem-${desc.id}.img`, by: "shared memory of System V" }))
]

/** Of the states of a connection that CRIU keeps. */
const connected: ReadonlySet<number> = new Set([1, 2, 4, 5, 8, 9, 11])
const tcp = 6

const files = (contents: Contents): ReadonlyArray<Need> => {
  const { files, inventory, names, remaps, tree } = contents
  const former = [...names.keys()].some((name) => /^(reg-files|pipes|unixsk|inetsk)\.img$/.test(name))
  const by = "files.img"
  // Only a release that says that connections were to be closed can be held to those that were not.
  const keepsStreams = inventory?.tcp_close !== true &&
    (inventory?.dump_criu_run_id !== undefined || [...names.keys()].some((name) => name.startsWith("tcp-stream-")))
  return [
    ...(tree === undefined || former || living(contents).length === 0 ? [] : [{ file: by, by: "every process" }]),
    ...(files ?? []).flatMap(({ isk, memfd, tty }) => [
      ...(isk !== undefined && keepsStreams && isk.proto === tcp && connected.has(isk.state)
        ? [{ file: `tcp-stream-${isk.ino.toString(16)}.img`, by }]
        : []),
      ...(memfd === undefined ? [] : [{ file: "memfd.img", by }]),
      ...(tty === undefined ? [] : [{ file: "tty-info.img", by }])
    ]),
    ...(remaps ?? [])
      .filter(({ remap_type }) => remap_type === "GHOST" || remap_type === undefined)
      .map(({ remap_id }) => ({ file: `ghost-file-${remap_id.toString(16)}.img`, by: "remap-fpath.img" })),
    ...([...names.keys()].some((name) => name.startsWith("ghost-file-"))
      ? [{ file: "remap-fpath.img", by: "a deleted file" }]
      : [])
  ]
}

const tmpfs = 5

const namespaces = (contents: Contents): ReadonlyArray<Need> => {
  const root = contents.inventory?.root_ids
  if (root === undefined) return []
  const names = [...contents.names.keys()]
  return [
    ...living(contents).flatMap((pid) => {
      const ids = contents.ids.get(pid)
      const by = `a namespace of process ${pid}`
      const own = (id: number | undefined, outer: number | undefined, file: (id: number) => string) =>
        id === undefined || id === outer ? [] : [{ file: file(id), by }]
      return [
        ...own(ids?.mnt_ns_id, root.mnt_ns_id, (id) => `mountpoints-${id}.img`),
        ...own(ids?.uts_ns_id, root.uts_ns_id, (id) => `utsns-${id}.img`),
        ...own(ids?.ipc_ns_id, root.ipc_ns_id, (id) => `ipcns-var-${id}.img`),
        ...own(ids?.user_ns_id, root.user_ns_id, (id) => `userns-${id}.img`)
      ]
    }),
    // Whether a network is part of the dump is for the caller of CRIU: what there is of it tells.
    ...names.flatMap((name) => {
      const id = /^(?:netdev|ifaddr|route6?|rule|iptables|ip6tables)-(\d+)\.img$/.exec(name)?.[1]
      return id === undefined ? [] : [{ file: `netns-${id}.img`, by: name }]
    }),
    ...inMemory(contents)
  ]
}

/** The file systems in memory whose files CRIU keeps: not of the root, and not of what another program mounts at a restore. */
const inMemory = ({ mounts: all, names }: Contents): ReadonlyArray<Need> => {
  const isExternal = ({ ext_key, ext_mount, with_plugin }: MntEntry) =>
    ext_mount === true || with_plugin === true || (ext_key ?? "") !== ""
  // One mount of a device decides for all of them.
  const external = new Set([...all.values()].flat().filter(isExternal).map(({ root_dev }) => root_dev))
  return [...all].flatMap(([id, mounts]) => {
    const ids = new Set(mounts.map(({ mnt_id }) => mnt_id))
    return mounts
      .filter(({ fstype, mnt_id, mountpoint, parent_mnt_id, root, root_dev }) =>
        fstype === tmpfs && root === "/" && !external.has(root_dev) && !/^\.?\/?$/.test(mountpoint) &&
        ids.has(parent_mnt_id) && parent_mnt_id !== mnt_id && !names.has(`tmpfs-${mnt_id}.tar.gz.img`)
      )
      .map(({ root_dev }) => ({ file: `tmpfs-dev-${root_dev}.tar.gz.img`, by: `mountpoints-${id}.img` }))
  })
}
