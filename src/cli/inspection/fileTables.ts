/** What the processes have open, in tables for a person: descriptors, locks, and files whose name was gone. */
import type { Files, OpenFile } from "../../domain/inspection/Files.ts"
import type { Holder } from "../../domain/inspection/OpenFile.ts"
import type { Endpoint } from "../../domain/inspection/Socket.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { table } from "../table.ts"

/** The tables; those that would be empty are left out. */
export const fileTables = ({ locks, processes, removed }: Files): string =>
  [
    table(
      ["PID", "FD", "KIND", "ACCESS", "FILE"],
      processes.flatMap(({ descriptors, pid, sharedWith }) =>
        sharedWith !== undefined
          ? [[String(pid), "-", "-", "-", `shares the descriptors of ${sharedWith}`]]
          : descriptors.map(({ closeOnExec, descriptor, file }) => [
            String(pid),
            String(descriptor),
            file.kind,
            "access" in file ? file.access : "-",
            escape([describe(file), ...flagsOf(file), ...(closeOnExec ? ["close-on-exec"] : [])].join(", "))
          ])
      )
    ),
    ...(locks.length === 0 ? [] : [
      table(
        ["PID", "FD", "LOCK", "ACCESS", "BYTES", "FILE"],
        locks.map(({ access, descriptor, length, path, pid, start, type }) => [
          String(pid),
          String(descriptor),
          type,
          access,
          `${start}-${length === undefined ? "end" : start + length - 1}`,
          escape(path ?? "-")
        ])
      )
    ]),
    ...(removed.length === 0 ? [] : [
      table(
        ["REMOVED FILE", "KEPT AS", "SIZE"],
        removed.map(({ how, path, size }) => [
          escape(path ?? "-"),
          how,
          size === undefined ? "-" : humanize.bytes(size)
        ])
      )
    ])
  ].join("\n")

/** How it was opened, where that is more than reading and writing. */
export const flagsOf = (file: OpenFile): ReadonlyArray<string> => "flags" in file ? file.flags : []

/** What a descriptor refers to, in words. */
export const describe = (file: OpenFile): string => {
  switch (file.kind) {
    case "regular":
      return [
        `${file.path}${file.isRemoved ? " (removed)" : ""}`,
        ...(file.size === undefined
          ? file.position === 0 ? [] : [`at ${file.position}`]
          : [`at ${file.position} of ${file.size} bytes`])
      ].join(", ")
    case "pipe":
    case "fifo":
      return `${file.path ?? `pipe ${file.pipe}`}${unread(file.buffered)}${others(file.peers)}`
    case "unix":
      return `${file.type}, ${file.state}${file.name === undefined ? "" : `, ${file.name}`}${
        file.isRemoved ? " (removed)" : ""
      }${unread(file.receiveQueue)}${
        file.peer === undefined ? "" : file.peer.holders.length === 0 ? ", to outside" : others(file.peer.holders)
      }`
    case "inet":
      return `${file.protocol} ${endpoint(file.local)}${
        file.remote === undefined ? "" : ` to ${endpoint(file.remote)}`
      }, ${file.state}${unread(file.receiveQueue ?? 0)}${
        file.sendQueue ? `, ${file.sendQueue} bytes not acknowledged` : ""
      }`
    case "netlink":
      return file.protocol
    case "packet":
      return `${file.type}, protocol ${file.protocol}, ${file.device === 0 ? "every device" : `device ${file.device}`}`
    case "eventfd":
      return `count ${file.count}`
    case "epoll":
      return file.targets.map(({ descriptor, events }) => `${descriptor} (${events.join(" ")})`).join(", ")
    case "inotify":
    case "fanotify":
      return file.watches.map(({ events, path, watch }) => `${path ?? `watch ${watch ?? "-"}`} (${events.join(" ")})`)
        .join(", ")
    case "timerfd":
      return `${file.clock}, ${
        file.remainingMicros === 0 ? "not armed" : `in ${humanize.duration(file.remainingMicros / 1000)}`
      }${file.intervalMicros === 0 ? "" : `, then every ${humanize.duration(file.intervalMicros / 1000)}`}`
    case "signalfd":
      return file.signals.join(" ")
    case "terminal":
      return `${file.path ?? file.type ?? "unknown"}${
        file.rows === undefined ? "" : `, ${file.columns} columns, ${file.rows} rows`
      }${file.session ? `, session ${file.session}` : ""}`
    case "memfd":
      return `${file.name ?? "unknown"}${file.size === undefined ? "" : `, at ${file.position} of ${file.size} bytes`}${
        file.seals.length === 0 ? "" : `, sealed against ${file.seals.join(" ")}`
      }`
    case "pidfd":
      return `process ${file.pid}`
    case "namespace":
      return `${file.type} ${file.namespace}`
    case "bpf-map":
      return `${file.name}, ${file.entries} entries`
    case "tun":
      return file.device ?? "no device"
    case "external":
    case "unknown":
      return file.type
  }
}

const unread = (bytes: number): string => bytes === 0 ? "" : `, ${bytes} bytes unread`

const shown = 4

const others = (holders: ReadonlyArray<Holder>): string => {
  if (holders.length === 0) return ""
  const some = holders.slice(0, shown).map(({ descriptor, pid }) => `${pid}:${descriptor}`).join(" ")
  return `, to ${some}${holders.length > shown ? ` and ${holders.length - shown} more` : ""}`
}

const endpoint = ({ address, port }: Endpoint): string => `${address.includes(":") ? `[${address}]` : address}:${port}`
