/** An open file in one line, by which it is known again, and the values of it that may change while it stays what it is. */
import type { OpenFile } from "../inspection/Files.ts"
import type { Endpoint } from "../inspection/Socket.ts"
import type { Facts } from "./Change.ts"

/** What a file is in one line: a path, or what a socket is and its addresses. */
export const nameOf = (file: OpenFile): string => {
  switch (file.kind) {
    case "regular":
      return file.path
    case "pipe":
      return `pipe:[${file.pipe}]`
    case "fifo":
      return file.path ?? `pipe:[${file.pipe}]`
    case "unix":
      return `unix ${file.type}${file.name === undefined ? "" : ` ${file.name}`}`
    case "inet":
      return `${file.protocol} ${endpoint(file.local)}${
        file.remote === undefined ? "" : ` to ${endpoint(file.remote)}`
      }`
    case "netlink":
      return `netlink ${file.protocol}`
    case "packet":
      return `packet ${file.type} ${file.protocol}`
    case "terminal":
      return file.path ?? `terminal${file.index === undefined ? "" : ` ${file.index}`}`
    case "memfd":
      return `memfd:${file.name ?? ""}`
    case "pidfd":
      return `process ${file.pid}`
    case "namespace":
      return `${file.type} namespace`
    case "bpf-map":
      return `BPF map ${file.name}`
    case "tun":
      return `tun ${file.device ?? ""}`
    case "external":
    case "unknown":
      return file.type
    default:
      return file.kind
  }
}

/** What the kernel counts a pipe or a socket by: it stays while that is open, and is another one after a restore. */
export const inodeOf = (file: OpenFile): string | undefined => {
  switch (file.kind) {
    case "pipe":
    case "fifo":
      return `pipe ${file.pipe}`
    case "unix":
    case "inet":
    case "netlink":
      return `socket ${file.inode}`
    default:
      return undefined
  }
}

/** Whether both are the same one. With `inodes` they count as well, which is right where nothing was restored in between. */
export const isSame = (before: OpenFile, after: OpenFile, inodes: boolean): boolean => {
  if (before.kind !== after.kind) return false
  if (inodes && inodeOf(before) !== inodeOf(after)) return false
  return before.kind === "pipe" ? accessOf(before) === accessOf(after) : nameOf(before) === nameOf(after)
}

/** The values of it that may change. */
export const factsOf = (file: OpenFile): Facts => ({
  ..."access" in file ? { access: file.access, flags: file.flags } : {},
  ...valuesOf(file)
})

const valuesOf = (file: OpenFile): Facts => {
  switch (file.kind) {
    case "regular":
      return {
        position: file.position,
        size: file.size,
        permissions: file.permissions,
        isRemoved: file.isRemoved
      }
    case "pipe":
    case "fifo":
      return { buffered: file.buffered }
    case "unix": {
      const { backlog, isRemoved, receiveQueue, shutdown, state } = file
      return { state, backlog, receiveQueue, shutdown, isRemoved }
    }
    case "inet": {
      const { backlog, device, receiveQueue, sendQueue, shutdown, state } = file
      return { state, backlog, receiveQueue, sendQueue, device, shutdown }
    }
    case "terminal": {
      const { columns, foreground, rows, session } = file
      return { session, foreground, rows, columns }
    }
    case "memfd":
      return { position: file.position, size: file.size, seals: file.seals }
    case "eventfd":
      return { count: file.count }
    case "epoll":
      return { targets: file.targets.map(({ descriptor, events }) => `${descriptor} ${events.join(",")}`) }
    case "inotify":
    case "fanotify":
      return { watches: file.watches.map(({ events, path, watch }) => `${path ?? watch} ${events.join(",")}`) }
    case "timerfd":
      // The time until it fires goes by itself.
      return {
        clock: file.clock,
        isArmed: file.remainingMicros > 0,
        intervalMicros: file.intervalMicros,
        ticks: file.ticks
      }
    case "signalfd":
      return { signals: file.signals }
    case "bpf-map":
      return { entries: file.entries }
    default:
      return {}
  }
}

const accessOf = (file: OpenFile): string => ("access" in file ? file.access : "")

const endpoint = ({ address, port }: Endpoint): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`
