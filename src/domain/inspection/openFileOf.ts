/** What a descriptor refers to, in words, from `files.img` and the images beside it. */
import * as Clock from "../image/Clock.ts"
import * as EventBits from "../image/EventBits.ts"
import type { FdinfoEntry, FileEntry } from "../image/message/Fdinfo.ts"
import type { FanotifyFileEntry, InotifyFileEntry } from "../image/message/Fsnotify.ts"
import type { MemfdFileEntry } from "../image/message/Memfd.ts"
import type { TtyFileEntry } from "../image/message/Tty.ts"
import * as NamespaceType from "../image/NamespaceType.ts"
import * as OpenFlags from "../image/OpenFlags.ts"
import * as Seals from "../image/Seals.ts"
import * as Signals from "../image/Signals.ts"
import type { FileWatcher } from "./EventFile.ts"
import type { FileImages } from "./FileImages.ts"
import type { OpenFile } from "./Files.ts"
import type { MemoryFile, Pipe, RegularFile, Terminal } from "./OpenFile.ts"
import { socketOf } from "./socketOf.ts"
import { micros } from "./timersOf.ts"

/** Says what a descriptor refers to; of one whose file is not in the images its kind alone. */
export const openFileOf = ({ id, type }: Pick<FdinfoEntry, "id" | "type">, images: FileImages): OpenFile => {
  const entry = images.file(id)
  const known = entry === undefined ? undefined : ofEntry(entry, images)
  return known ?? { kind: type === "EXT" ? "external" : "unknown", id, type: `${type}` }
}

const ofEntry = (entry: FileEntry, images: FileImages): OpenFile | undefined => {
  const { bpf, efd, epfd, ffy, fifo, id, ify, memfd, nsf, pidfd, pipe, reg, sgfd, tfd, tty, tunf } = entry
  const how = (flags: number) => openedWith(id, flags, images)
  if (reg !== undefined) return regular(entry, images)
  if (pipe !== undefined) return pipeOf("pipe", id, pipe.pipe_id, pipe.flags, images)
  if (fifo !== undefined) {
    const file = fifo.regf_id === undefined ? undefined : images.file(fifo.regf_id)?.reg
    return {
      ...pipeOf("fifo", id, fifo.pipe_id, file?.flags ?? 0, images),
      ...(file === undefined ? {} : { path: file.name })
    }
  }
  if (efd !== undefined) return { kind: "eventfd", ...how(efd.flags), count: `${efd.counter}` }
  if (epfd !== undefined) {
    const targets = epfd.tfd.map(({ events, tfd }) => ({ descriptor: tfd, events: EventBits.pollWordsOf(events) }))
    return { kind: "epoll", ...how(epfd.flags), targets }
  }
  if (ify !== undefined) return inotify(ify, how(ify.flags))
  if (ffy !== undefined) return fanotify(ffy, how(ffy.flags))
  if (tfd !== undefined) {
    return {
      kind: "timerfd",
      ...how(tfd.flags),
      clock: Clock.nameOf(tfd.clockid),
      remainingMicros: micros(tfd.vsec, tfd.vnsec),
      intervalMicros: micros(tfd.isec, tfd.insec),
      ticks: Number(tfd.ticks)
    }
  }
  if (sgfd !== undefined) return { kind: "signalfd", ...how(sgfd.flags), signals: Signals.namesIn(sgfd.sigmask) }
  if (tty !== undefined) return terminal(tty, how(tty.flags), images)
  if (memfd !== undefined) return memoryFile(memfd, how(memfd.flags), images)
  if (pidfd !== undefined) return { kind: "pidfd", ...how(pidfd.flags), pid: pidfd.nspid }
  if (nsf !== undefined) {
    return { kind: "namespace", ...how(nsf.flags), type: NamespaceType.ofFlag(nsf.ns_cflag), namespace: nsf.ns_id }
  }
  if (bpf !== undefined) return { kind: "bpf-map", ...how(bpf.flags), name: bpf.map_name, entries: bpf.max_entries }
  if (tunf !== undefined) return { kind: "tun", id, ...(tunf.netdev === undefined ? {} : { device: tunf.netdev }) }
  return socketOf(entry, how, images)
}

/** How a file was opened. */
interface Opened {
  readonly id: number
  readonly access: string
  readonly flags: ReadonlyArray<string>
}

const openedWith = (id: number, flags: number, { machine }: FileImages): Opened => ({
  id,
  access: OpenFlags.accessOf(flags),
  flags: OpenFlags.wordsOf(flags, machine)
})

/** The bits of a mode that tell what it is of (inode(7)). */
const types: ReadonlyMap<number, string> = new Map([
  [0o010000, "fifo"],
  [0o020000, "character-device"],
  [0o040000, "folder"],
  [0o060000, "block-device"],
  [0o100000, "file"],
  [0o120000, "link"],
  [0o140000, "socket"]
])

const regular = ({ id, reg }: FileEntry, images: FileImages): RegularFile | undefined => {
  if (reg === undefined) return undefined
  const type = reg.mode === undefined ? undefined : types.get(reg.mode & 0o170000)
  return {
    kind: "regular",
    ...openedWith(id, reg.flags, images),
    path: reg.name,
    ...(type === undefined ? {} : { type }),
    ...(reg.mode === undefined ? {} : { permissions: (reg.mode & 0o7777).toString(8).padStart(4, "0") }),
    position: Number(reg.pos),
    ...(reg.size === undefined ? {} : { size: Number(reg.size) }),
    ...(reg.mnt_id === undefined || reg.mnt_id < 0 ? {} : { mount: reg.mnt_id }),
    isRemoved: images.isRemoved(id)
  }
}

const pipeOf = (kind: Pipe["kind"], id: number, pipe: number, flags: number, images: FileImages): Pipe => ({
  kind,
  ...openedWith(id, flags, images),
  pipe,
  buffered: images.buffered(pipe),
  peers: images.otherEndsOf(id)
})

const inotify = ({ wd }: InotifyFileEntry, how: Opened): FileWatcher => ({
  kind: "inotify",
  ...how,
  watches: wd.map((watch) => ({
    watch: watch.wd,
    ...(watch.f_handle.path === undefined ? {} : { path: watch.f_handle.path }),
    events: EventBits.watchWordsOf(watch.mask)
  }))
})

const fanotify = ({ mark }: FanotifyFileEntry, how: Opened): FileWatcher => ({
  kind: "fanotify",
  ...how,
  watches: mark.map(({ ie, mask, me }) => {
    const path = ie?.f_handle.path ?? me?.path
    return { ...(path === undefined ? {} : { path }), events: EventBits.watchWordsOf(mask) }
  })
})

const terminals: Readonly<Record<string, string>> = { CTTY: "current", EXT_TTY: "external" }

const terminal = ({ regf_id, tty_info_id }: TtyFileEntry, how: Opened, images: FileImages): Terminal => {
  const info = images.terminal(tty_info_id)
  const path = regf_id === undefined ? undefined : images.pathOf(regf_id)
  return {
    kind: "terminal",
    ...how,
    ...(path === undefined ? {} : { path }),
    ...(info === undefined ? {} : {
      type: terminals[info.type] ?? `${info.type}`.toLowerCase(),
      session: info.sid,
      foreground: info.pgrp
    }),
    ...(info?.pty === undefined ? {} : { index: info.pty.index }),
    ...(info?.winsize === undefined ? {} : { rows: info.winsize.ws_row, columns: info.winsize.ws_col })
  }
}

const memoryFile = ({ inode_id, pos }: MemfdFileEntry, how: Opened, images: FileImages): MemoryFile => {
  const inode = images.memoryFile(inode_id)
  return {
    kind: "memfd",
    ...how,
    position: Number(pos),
    seals: inode === undefined ? [] : Seals.wordsOf(inode.seals),
    ...(inode === undefined ? {} : { name: inode.name, size: Number(inode.size), sharedMemory: inode.shmid })
  }
}
