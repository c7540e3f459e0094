/**
 * The kinds of images that CRIU 3.15 to 4.2 writes: their numbers, their names, their messages and what lies behind those
 * (`criu/include/magic.h`, `criu/image-desc.c`, `criu/protobuf-desc.c`).
 *
 * Those that only older releases wrote are in `formerKinds.ts`, those that have no number in `rawKinds.ts`.
 */
import * as extras from "./extras.ts"
import type { HeadedKind, ImageKind } from "./ImageKind.ts"
import type { Message } from "./Message.ts"
import { ApparmorEntry } from "./message/Apparmor.ts"
import { AutofsEntry } from "./message/Autofs.ts"
import { BinfmtMiscEntry } from "./message/BinfmtMisc.ts"
import { BpfmapDataEntry } from "./message/BpfmapData.ts"
import { CgroupEntry } from "./message/Cgroup.ts"
import { CoreEntry, TaskKobjIdsEntry } from "./message/Core.ts"
import { CpuinfoEntry } from "./message/Cpuinfo.ts"
import { FdinfoEntry, FileEntry } from "./message/Fdinfo.ts"
import { IrmapCacheEntry } from "./message/Fh.ts"
import { FileLockEntry } from "./message/FileLock.ts"
import { FsEntry } from "./message/Fs.ts"
import { GhostChunkEntry, GhostFileEntry } from "./message/GhostFile.ts"
import { InventoryEntry } from "./message/Inventory.ts"
import { IpcMsgEntry } from "./message/IpcMsg.ts"
import { IpcSemEntry } from "./message/IpcSem.ts"
import { IpcShmEntry } from "./message/IpcShm.ts"
import { IpcVarEntry } from "./message/IpcVar.ts"
import { MemfdInodeEntry } from "./message/Memfd.ts"
import { MmEntry } from "./message/Mm.ts"
import { MntEntry } from "./message/Mnt.ts"
import { NetDeviceEntry, NetnsEntry } from "./message/Netdev.ts"
import { PagemapEntry, PagemapHead } from "./message/Pagemap.ts"
import { PidnsEntry } from "./message/Pidns.ts"
import { PipeDataEntry } from "./message/PipeData.ts"
import { PstreeEntry } from "./message/Pstree.ts"
import { RemapFilePathEntry } from "./message/RemapFilePath.ts"
import { SeccompEntry } from "./message/Seccomp.ts"
import { SkPacketEntry } from "./message/SkPacket.ts"
import { StatsEntry } from "./message/Stats.ts"
import { TcpStreamEntry } from "./message/TcpStream.ts"
import { TimensEntry } from "./message/Timens.ts"
import { TtyDataEntry, TtyInfoEntry } from "./message/Tty.ts"
import { UsernsEntry } from "./message/Userns.ts"
import { UtsnsEntry } from "./message/Utsns.ts"

const kind = <A>(
  name: string,
  magic: number,
  file: RegExp,
  entry: Message<A>,
  extra?: ImageKind<A>["extra"]
): ImageKind<A> => ({ name, magic, file, entry, ...(extra === undefined ? {} : { extra }) })

const pagemapOf = (file: RegExp): HeadedKind<PagemapEntry, PagemapHead> => ({
  name: "pagemap",
  magic: 0x56084025,
  file,
  entry: PagemapEntry,
  head: PagemapHead
})

/** A file without a name: its properties, then its content, whole behind them or in chunks. */
const ghostFile: HeadedKind<GhostChunkEntry, GhostFileEntry> = {
  name: "ghost_file",
  magic: 0x52583605,
  file: /^ghost-file-([\da-f]+)\.img$/,
  entry: GhostChunkEntry,
  extra: extras.ghostChunk,
  head: GhostFileEntry,
  headExtra: extras.ghostFile
}

/** By CRIU's names, in small letters. */
export const kinds = {
  // Of the whole dump.
  inventory: kind("inventory", 0x58313116, /^inventory\.img$/, InventoryEntry),
  pstree: kind("pstree", 0x50273030, /^pstree\.img$/, PstreeEntry),
  cgroup: kind("cgroup", 0x59383330, /^cgroup\.img$/, CgroupEntry),
  seccomp: kind("seccomp", 0x64413049, /^seccomp\.img$/, SeccompEntry),
  apparmor: kind("apparmor", 0x59423047, /^apparmor\.img$/, ApparmorEntry),
  cpuinfo: kind("cpuinfo", 0x61404013, /^cpuinfo\.img$/, CpuinfoEntry),
  stats: { ...kind("stats", 0x57093306, /^stats-(dump|restore)$/, StatsEntry), isService: true },
  irmap_cache: { ...kind("irmap_cache", 0x57004059, /^irmap-cache$/, IrmapCacheEntry), isService: true },

  // Of a process; the id is its pid, or of `core` that of a thread.
  core: kind("core", 0x55053847, /^core-(\d+)\.img$/, CoreEntry),
  ids: kind("ids", 0x54432030, /^ids-(\d+)\.img$/, TaskKobjIdsEntry),
  mm: kind("mm", 0x57492820, /^mm-(\d+)\.img$/, MmEntry),
  fs: kind("fs", 0x51403912, /^fs-(\d+)\.img$/, FsEntry),
  pagemap: pagemapOf(/^pagemap-(\d+)\.img$/),
  /** The id is that of the shared memory, as `shmid` of an area has it. */
  shmem_pagemap: pagemapOf(/^pagemap-shmem-(\d+)\.img$/),

  // Files; the id of `fdinfo` is `files_id` of a process.
  fdinfo: kind("fdinfo", 0x56213732, /^fdinfo-(\d+)\.img$/, FdinfoEntry),
  files: kind("files", 0x56303138, /^files\.img$/, FileEntry),
  remap_fpath: kind("remap_fpath", 0x59133954, /^remap-fpath\.img$/, RemapFilePathEntry),
  ghost_file: ghostFile,
  file_locks: kind("file_locks", 0x54323616, /^filelocks\.img$/, FileLockEntry),
  memfd_inode: kind("memfd_inode", 0x48453499, /^memfd\.img$/, MemfdInodeEntry),
  pipes_data: kind("pipes_data", 0x56453709, /^pipes-data\.img$/, PipeDataEntry, extras.pipeData),
  fifo_data: kind("fifo_data", 0x59333054, /^fifo-data\.img$/, PipeDataEntry, extras.pipeData),
  sk_queues: kind("sk_queues", 0x56264026, /^sk-queues\.img$/, SkPacketEntry, extras.socketQueue),
  tcp_stream: kind("tcp_stream", 0x51465506, /^tcp-stream-([\da-f]+)\.img$/, TcpStreamEntry, extras.tcpStream),
  tty_info: kind("tty_info", 0x59453036, /^tty-info\.img$/, TtyInfoEntry),
  tty_data: kind("tty_data", 0x59413026, /^tty-data\.img$/, TtyDataEntry),
  bpfmap_data: kind("bpfmap_data", 0x64324033, /^bpfmap-data\.img$/, BpfmapDataEntry, extras.bpfMap),
  autofs: kind("autofs", 0x49353943, /^autofs-(\d+)\.img$/, AutofsEntry),
  binfmt_misc: kind("binfmt_misc", 0x67343323, /^binfmt-misc(?:-(\d+))?\.img$/, BinfmtMiscEntry),

  // Of a namespace; the id is CRIU's of it, as in `ids`.
  mnts: kind("mnts", 0x55563928, /^mountpoints-(\d+)\.img$/, MntEntry),
  netns: kind("netns", 0x55933752, /^netns-(\d+)\.img$/, NetnsEntry),
  netdev: kind("netdev", 0x57373951, /^netdev-(\d+)\.img$/, NetDeviceEntry),
  userns: kind("userns", 0x55474906, /^userns-(\d+)\.img$/, UsernsEntry),
  pidns: kind("pidns", 0x61157326, /^pidns-(\d+)\.img$/, PidnsEntry),
  timens: kind("timens", 0x43114433, /^timens-(\d+)\.img$/, TimensEntry),
  utsns: kind("utsns", 0x54473203, /^utsns-(\d+)\.img$/, UtsnsEntry),
  ipc_var: kind("ipc_var", 0x53115007, /^ipcns-var-(\d+)\.img$/, IpcVarEntry),
  ipcns_shm: kind("ipcns_shm", 0x46283044, /^ipcns-shm-(\d+)\.img$/, IpcShmEntry, extras.sharedMemory),
  ipcns_msg: kind("ipcns_msg", 0x55453737, /^ipcns-msg-(\d+)\.img$/, IpcMsgEntry, extras.messageQueue),
  ipcns_sem: kind("ipcns_sem", 0x59573019, /^ipcns-sem-(\d+)\.img$/, IpcSemEntry, extras.semaphores)
}
