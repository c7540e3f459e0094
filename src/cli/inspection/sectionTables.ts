/** The sections of an inspection that are tables for a person: memory, mounts, namespaces, cgroups, figures, image files. */
import type { Cgroups } from "../../domain/inspection/Cgroups.ts"
import type { DumpFigures } from "../../domain/inspection/DumpFigures.ts"
import type { ImageSize } from "../../domain/inspection/ImageSize.ts"
import type { Memory } from "../../domain/inspection/Memory.ts"
import type { MemoryUse } from "../../domain/inspection/MemoryUse.ts"
import type { Mount } from "../../domain/inspection/Mount.ts"
import type { Namespace } from "../../domain/inspection/Namespaces.ts"
import { escape } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { fields, table } from "../table.ts"
import { deepest } from "./deepest.ts"

/** Memory by process and kind, and what several share. */
export const memoryTable = ({ processes, shared }: Memory): string =>
  [
    table(
      ["PID", "KIND", "AREAS", "SIZE", "DUMPED", "PARENT", "LAZY", "MISSING"],
      processes.flatMap(({ kinds, pid }) =>
        kinds.map((use) => [String(pid), use.kind, String(use.areas), humanize.bytes(use.size), ...placesOf(use)])
      )
    ),
    ...(shared.length === 0 ? [] : [
      table(
        ["SHARED", "PROCESSES", "DUMPED", "PARENT", "LAZY", "MISSING"],
        shared.map(({ id, processes, ...use }) => [String(id), processes.join(" ") || "-", ...placesOf(use)])
      )
    ])
  ].join("\n")

const placesOf = ({ dumped, lazy, missing, parent }: Omit<MemoryUse, "size">): ReadonlyArray<string> =>
  [dumped, parent, lazy, missing].map((bytes) => bytes === 0 ? "-" : humanize.bytes(bytes))

/** Mounts, those on another indented below it. */
export const mountTable = (mounts: ReadonlyArray<Mount>): string => {
  const depths = new Map<string, number>()
  return table(
    ["MOUNTPOINT", "TYPE", "SOURCE", "ROOT", "FLAGS"],
    mounts.map((mount) => {
      const above = depths.get(`${mount.namespace} ${mount.parent}`)
      const depth = above === undefined ? 0 : above + 1
      depths.set(`${mount.namespace} ${mount.id}`, depth)
      const external = mount.isExternal ? [`external${mount.externalKey ? ` (${mount.externalKey})` : ""}`] : []
      return [
        `${"  ".repeat(Math.min(depth, deepest))}${escape(mount.mountpoint)}`,
        escape(mount.type),
        escape(mount.source),
        escape(mount.root),
        escape(
          [...mount.flags, ...mount.fileSystemFlags, ...external, ...(mount.options ? [mount.options] : [])].join(",")
        )
      ]
    })
  )
}

/** Namespaces, with what is known of each. */
export const namespaceTable = (namespaces: ReadonlyArray<Namespace>): string =>
  table(
    ["NAMESPACE", "ID", "PROCESSES", "WHAT"],
    namespaces.map((one) => [one.type, String(one.id), String(one.processes.length), escape(describe(one).join(", "))])
  )

/** What is known of a namespace. */
export const describe = (one: Namespace): ReadonlyArray<string> => [
  ...(one.isOutside ? ["that of the machine"] : []),
  ...(one.externalKey === undefined ? [] : [`external (${one.externalKey})`]),
  ...(one.hostname === undefined ? [] : [`host name ${one.hostname}`]),
  ...(one.clocks === undefined ? [] : [`monotonic clock at ${one.clocks.monotonic.seconds} s`]),
  ...(one.userMap ?? []).map(({ count, first, outside }) => `users ${first}-${first + count - 1} are ${outside} on`),
  ...(one.groupMap ?? []).map(({ count, first, outside }) => `groups ${first}-${first + count - 1} are ${outside} on`),
  ...(one.ipc === undefined ? [] : [
    `${one.ipc.sharedMemory.segments} segments of shared memory`,
    `${one.ipc.messages.messages} messages in ${one.ipc.messages.queues} queues`,
    `${one.ipc.semaphores.semaphores} semaphores in ${one.ipc.semaphores.sets} sets`
  ]),
  ...(one.devices ?? []).map(({ address, isUp, name, type }) =>
    `${name} (${[type, ...(address === undefined ? [] : [address]), isUp ? "up" : "down"].join(" ")})`
  )
]

/** Sets of cgroups, and the folders with their properties. */
export const cgroupTables = ({ folders, sets }: Cgroups): string =>
  [
    table(
      ["SET", "PROCESSES", "HIERARCHY", "PATH"],
      sets.flatMap(({ id, members, processes }) =>
        members.map(({ hierarchy, path }) => [
          String(id),
          processes.join(" ") || "-",
          escape(hierarchy || "unified"),
          escape(path)
        ])
      )
    ),
    ...(folders.length === 0 ? [] : [
      table(
        ["CONTROLLERS", "FOLDER", "PROPERTY", "VALUE"],
        folders.flatMap(({ controllers, path, properties }) =>
          properties.map(({ name, value }) => [
            escape(controllers.join(",") || "unified"),
            escape(path),
            escape(name),
            escape(value)
          ])
        )
      )
    ])
  ].join("\n")

/** What CRIU measured. */
export const figureLines = (figures: DumpFigures): string =>
  fields([
    ["Freezing took", micros(figures.freezingMicros)],
    ["Frozen for", micros(figures.frozenMicros)],
    ["Memory dump", micros(figures.memoryDumpMicros)],
    ["Memory write", micros(figures.memoryWriteMicros)],
    ...(figures.pathLookupMicros === undefined ? [] : [["Path lookup", micros(figures.pathLookupMicros)]] as const),
    [
      "Pages",
      `${figures.pagesWritten} of ${figures.pagesScanned} written, ${figures.pagesSkippedParent} in the parent, ` +
      `${figures.pagesLazy} lazy`
    ],
    ...(figures.sharedPagesScanned === undefined ? [] : [[
      "Shared pages",
      `${figures.sharedPagesWritten ?? 0} of ${figures.sharedPagesScanned} written, ` +
      `${figures.sharedPagesSkippedParent ?? 0} in the parent`
    ]] as const)
  ])

const micros = (count: number): string => humanize.duration(count / 1000)

/** The image files. */
export const imageTable = (images: ReadonlyArray<ImageSize>): string =>
  table(
    ["FILE", "SIZE", "KIND"],
    images.map(({ bytes, file, kind }) => [escape(file), humanize.bytes(bytes), kind ?? "no image that is known"])
  )
