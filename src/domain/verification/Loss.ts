/**
 * What the loss of an image means for a restore. Each was tried with CRIU 4.2 and runc: every image of a container that holds nearly
 * everything was deleted, cut and lengthened, one at a time, and restored from.
 *
 * CRIU takes an image that is missing for an empty one: where it wants no entry it goes on, and the processes lack what was in it.
 */
import { identifyName } from "./imageName.ts"
import type { Outlook } from "./Verification.ts"

/** What follows from a loss. */
export interface Loss {
  readonly restore: Outlook
  readonly consequence: string
}

/** What an image holds, and what a restore does without it. */
interface Stake {
  readonly holds: string
  readonly missing: Outlook
  /** CRIU reads one entry and does not look further. */
  readonly single?: true
  /** What it does with one that does not read; `impossible` where nothing is said. */
  readonly unreadable?: Outlook
}

const needed = (holds: string): Stake => ({ holds, missing: "impossible" })
const neededOnce = (holds: string): Stake => ({ holds, missing: "impossible", single: true })
const lost = (holds: string): Stake => ({ holds, missing: "doubtful" })
const lostOnce = (holds: string): Stake => ({ holds, missing: "doubtful", single: true })
/** What other programs than CRIU read. */
const foreign = (holds: string): Stake => ({ holds, missing: "doubtful", unreadable: "doubtful" })

const stakes: Readonly<Record<string, Stake>> = {
  inventory: neededOnce("what it is a dump of"),
  pstree: needed("the process tree"),
  core: neededOnce("the registers and the state of a task"),
  ids: neededOnce("what a process shares with others"),
  mm: neededOnce("the memory areas of a process"),
  fs: neededOnce("the root and the working folder of a process"),
  pagemap: needed("where the memory of a process lies"),
  shmem_pagemap: needed("where shared memory lies"),
  pages: needed("the memory of a process"),
  files: needed("the open files"),
  remap_fpath: needed("the deleted files that are still open"),
  ghost_file: needed("the content of a deleted file that is still open"),
  memfd_inode: needed("files in memory"),
  cgroup: neededOnce("the cgroups"),
  seccomp: neededOnce("the filters of system calls"),
  apparmor: neededOnce("the profiles of AppArmor"),
  tty_info: needed("the terminals"),
  tcp_stream: neededOnce("an established TCP connection"),
  mnts: { holds: "the mounts", missing: "impossible", unreadable: "doubtful" },
  utsns: neededOnce("the host name"),
  ipc_var: neededOnce("the settings of System V IPC"),
  userns: neededOnce("the mapping of users"),
  pidns: neededOnce("a pid namespace"),
  tmpfs_img: needed("the files of a file system in memory"),
  tmpfs_dev: needed("the files of a file system in memory"),
  ipcns_shm: needed("shared memory of System V"),
  netns: lostOnce("the settings of the network"),
  netdev: lost("the network devices"),
  fdinfo: lost("the descriptors of a process"),
  pipes_data: lost("what was under way in pipes"),
  fifo_data: lost("what was under way in named pipes"),
  sk_queues: lost("what was under way in sockets"),
  tty_data: lost("what was under way in terminals"),
  file_locks: lost("the file locks"),
  ipcns_msg: lost("message queues of System V"),
  ipcns_sem: lost("semaphores of System V"),
  timens: lostOnce("the offsets of its clocks"),
  bpfmap_data: lost("the content of BPF maps"),
  ifaddr: foreign("the addresses of the network devices"),
  route: foreign("the routes"),
  route6: foreign("the routes of IPv6"),
  rule: foreign("the rules of routing"),
  iptables: foreign("the firewall"),
  ip6tables: foreign("the firewall of IPv6"),
  nftables: foreign("the firewall"),
  netnf_ct: foreign("the tracked connections"),
  netnf_exp: foreign("the expected connections"),
  stats: { holds: "the figures of the dump", missing: "possible", unreadable: "possible" },
  irmap_cache: { holds: "a cache of paths", missing: "possible", unreadable: "possible" }
}

const unknown: Stake = { holds: "what is in it", missing: "doubtful", unreadable: "doubtful" }

/** Files of ours and of the runtimes that lie beside the images. */
const beside: Readonly<Record<string, { readonly missing: Loss }>> = {
  "config.json": {
    missing: {
      restore: "possible",
      consequence: "stasis lists it as damaged, or knows nothing of it; CRIU does not read it"
    }
  },
  "spec.json": {
    missing: {
      restore: "possible",
      consequence: "it is needed only where the container's bundle is gone; CRIU does not read it"
    }
  },
  "descriptors.json": {
    missing: { restore: "impossible", consequence: "runc and crun do not restore without it" }
  }
}

const stakeOf = (kind: string | undefined): Stake => stakes[kind ?? ""] ?? unknown

const inside = (outlook: Outlook, holds: string): Loss => ({
  restore: outlook,
  consequence: outlook === "impossible"
    ? `CRIU restores nothing without ${holds}`
    : outlook === "doubtful"
    ? `it would be restored without ${holds}, and CRIU would report success`
    : "a restore does not need it"
})

/** What follows where a file is gone. */
export const ofMissing = (file: string): Loss => {
  const { holds, missing } = stakeOf(identifyName(file))
  return beside[file]?.missing ?? inside(missing, holds)
}

/** What follows where pages of shared memory are gone: CRIU notes it in its log, and goes on. */
export const ofSharedPages: Loss = {
  restore: "doubtful",
  consequence: "shared memory would be restored as zeros, and CRIU would report success"
}

/** What follows where a file does not read as what its name says. */
export const ofUnreadable = (file: string): Loss => {
  const { holds, unreadable = "impossible" } = stakeOf(identifyName(file))
  return beside[file]?.missing ?? {
    restore: unreadable,
    consequence: unreadable === "impossible"
      ? `CRIU stops where it cannot read ${holds}`
      : unreadable === "doubtful"
      ? `it may be restored without ${holds}`
      : "a restore does not need it"
  }
}

/** What follows where there is more in a file than belongs there. */
export const ofTooLong = (file: string): Loss =>
  isSingle(identifyName(file))
    ? { restore: "possible", consequence: "CRIU does not read beyond what it needs" }
    : ofUnreadable(file)

/** What follows where a file reads but is not the one that was sealed. */
export const ofDifferent = (file: string): Loss => {
  const kind = identifyName(file)
  const { holds, missing } = stakeOf(kind)
  if (beside[file] !== undefined) {
    return { restore: "doubtful", consequence: "what it says of the checkpoint may not be so" }
  }
  if (kind === undefined || missing === "possible") {
    return { restore: "possible", consequence: "a restore does not need it" }
  }
  return { restore: "doubtful", consequence: `a restore may fail, or bring back something else than ${holds}` }
}

/** Whether CRIU reads one entry of a kind and does not look further. */
export const isSingle = (kind: string | undefined): boolean => stakeOf(kind).single === true
