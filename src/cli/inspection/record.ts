/** The record of a checkpoint in lines for a person: when and how it was made, how large it is, and how long it froze. */
import type { Checkpoint } from "../../domain/Checkpoint.ts"
import type { CheckpointRecord } from "../../domain/CheckpointConfig.ts"
import { withFlags } from "../failure.ts"
import * as humanize from "../humanize.ts"

/** A name with its value. */
export type Pair = readonly [name: string, value: string]

/** What the record of a checkpoint says, and what its folder shows. `now` is in milliseconds since 1970. */
export const describe = (checkpoint: Checkpoint, now: number): ReadonlyArray<Pair> => {
  const { record } = checkpoint
  return [
    ["Name", checkpoint.name],
    ["Container", containerOf(checkpoint)],
    ...given("Image", record?.container?.image),
    ...given("Bundle", record?.container?.bundle),
    [
      "Status",
      checkpoint.status === "complete" ? "complete" : `damaged: ${checkpoint.damage ?? "for an unknown reason"}`
    ],
    [
      "Created",
      checkpoint.created === "" ? "unknown" : `${checkpoint.created} (${humanize.ago(checkpoint.created, now)})`
    ],
    ["Path", checkpoint.path],
    // Of a record that does not read, these are not known.
    ...(checkpoint.created === "" && record === undefined
      ? []
      : [["Container was", afterwards(checkpoint)], ["Options", optionsOf(checkpoint)]] as const),
    ...given("Parent", record?.options?.parentPath),
    ...(record === undefined
      ? [["Made by", "another program: there is no more in its record"] as const]
      : figures(record))
  ]
}

const figures = (record: CheckpointRecord): ReadonlyArray<Pair> => {
  const { bytes, files, milliseconds, runtime, statistics } = record
  const pages = statistics === undefined
    ? undefined
    : `${statistics.pagesWritten} of ${statistics.pagesScanned} written` +
      (statistics.pagesSkippedParent === 0 ? "" : `, ${statistics.pagesSkippedParent} in the parent`)
  return [
    ...given("Runtime", runtime && versioned(runtime.name, runtime.version)),
    ...given("Made by", runtime?.beneath && `${runtime.beneath} beneath it`),
    ...given("CRIU", runtime?.criu),
    ...given("Kernel", runtime?.kernel),
    ...given("Size", bytes === undefined ? undefined : `${humanize.bytes(bytes)} (${bytes} bytes)`),
    ...given("Took", milliseconds === undefined ? undefined : humanize.duration(milliseconds)),
    ...given("Frozen for", micros(statistics?.frozenMicros)),
    ...given("Freezing took", micros(statistics?.freezingMicros)),
    ...given("Memory dump", micros(statistics?.memoryDumpMicros)),
    ...given("Memory write", micros(statistics?.memoryWriteMicros)),
    ...given("Pages", pages),
    ...(files ?? []).map((
      file,
      index
    ): Pair => [index === 0 ? "Open files" : "", `${file.path} (${humanize.bytes(file.size)})`])
  ]
}

const given = (name: string, value: string | undefined): ReadonlyArray<Pair> =>
  value === undefined ? [] : [[name, value]]

const micros = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : humanize.duration(count / 1000)

const versioned = (name: string, version: string | undefined): string =>
  version === undefined ? name : version.startsWith(name) ? version : `${name} ${version}`

const containerOf = ({ container, record }: Checkpoint): string =>
  record?.container?.name === undefined || record.container.name === container
    ? container
    : `${record.container.name} (${container})`

const afterwards = (checkpoint: Checkpoint): string =>
  (checkpoint.exit ? "stopped" : "left running") + (checkpoint.record?.paused === true ? ", paused before" : "")

const shown = [
  "tcpEstablished",
  "tcpClose",
  "externalUnixSockets",
  "shellJob",
  "fileLocks",
  "linkRemap",
  "preDump"
] as const

const optionsOf = (checkpoint: Checkpoint): string => {
  const options = checkpoint.record?.options ?? {
    tcpEstablished: checkpoint.tcp,
    externalUnixSockets: checkpoint.unixSockets,
    shellJob: checkpoint.shell
  }
  const set = [
    ...shown.filter((name) => options[name] === true),
    ...(options.ghostLimit === undefined ? [] : [`ghostLimit ${options.ghostLimit}`]),
    ...(options.manageCgroupsMode === undefined ? [] : [`manageCgroupsMode ${options.manageCgroupsMode}`]),
    ...(checkpoint.emptyNS.length === 0 ? [] : [`emptyNamespaces ${checkpoint.emptyNS.join(" ")}`])
  ]
  return set.length === 0 ? "none" : set.map(withFlags).join(" ")
}
