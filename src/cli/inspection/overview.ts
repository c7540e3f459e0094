/** The overview of a checkpoint's images in lines for a person. */
import type { MemoryUse } from "../../domain/inspection/MemoryUse.ts"
import type { Overview } from "../../domain/inspection/Overview.ts"
import * as humanize from "../humanize.ts"
import type { Pair } from "./record.ts"

/** The lines; `alone` where no record stands above them that says the same. */
export const overviewLines = (overview: Overview, alone: boolean): ReadonlyArray<Pair> => [
  ...(alone ? [["Path", overview.path]] as const : []),
  ...(alone && overview.parent !== undefined ? [["Parent", overview.parent]] as const : []),
  ["Images", `${humanize.bytes(overview.images.bytes)} in ${count(overview.images.files, "file")}`],
  ...(overview.machine === undefined ? [] : [["Machine", overview.machine]] as const),
  ...(alone && overview.frozenMicros !== undefined
    ? [["Frozen for", humanize.duration(overview.frozenMicros / 1000)]] as const
    : []),
  ["Processes", processesOf(overview)],
  [
    "Descriptors",
    `${overview.descriptors}, to ${count(overview.files, "file")}, ${overview.sockets} of them ${
      overview.sockets === 1 ? "a socket" : "sockets"
    }`
  ],
  ["Memory", memoryOf(overview.memory)]
]

/** Where the content of memory is, in words. */
export const memoryOf = ({ dumped, lazy, missing, parent, size }: MemoryUse): string =>
  [
    `${humanize.bytes(size)}, ${humanize.bytes(dumped)} dumped`,
    ...(parent === 0 ? [] : [`${humanize.bytes(parent)} in the parent`]),
    ...(lazy === 0 ? [] : [`${humanize.bytes(lazy)} left to be fetched`]),
    ...(missing === 0 ? [] : [`${humanize.bytes(missing)} missing`])
  ].join(", ")

const processesOf = ({ processes, root, threads }: Overview): string =>
  `${processes}, with ${count(threads, "thread")}${root === undefined ? "" : `, below ${root.pid} (${root.name})`}`

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`
