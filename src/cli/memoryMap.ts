/** `stasis memory`: the map of a process's memory, and what there is of all processes. */
import { addressText } from "../domain/memory/hexdump.ts"
import type { AreaReport, MemoryReport, ProcessReport } from "../domain/memory/MemoryReport.ts"
import { escape } from "./escape.ts"
import * as humanize from "./humanize.ts"
import { table } from "./table.ts"

/** All processes, a line each. */
export const processes = ({ processes: all }: MemoryReport): string => {
  const rare = rareOf(all)
  return table(
    ["PID", "COMMAND", "AREAS", "SIZE", "DUMPED", ...rare.map(([, heading]) => heading)],
    all.map((one) => [
      String(one.pid),
      escape(one.command ?? "-"),
      String(one.areas.length),
      humanize.bytes(one.size),
      humanize.bytes(one.dumped),
      ...rare.map(([key]) => humanize.bytes(one[key]))
    ])
  )
}

/** The areas of a process, a line each, then what they come to. */
export const map = (one: ProcessReport): string => {
  const rare = rareOf([one])
  const sizes = (of: AreaReport | ProcessReport) => [
    humanize.bytes(of.size),
    humanize.bytes(of.dumped),
    ...rare.map(([key]) => humanize.bytes(of[key]))
  ]
  const rows = one.areas.map((area) => [
    `${addressText(BigInt(area.start))}-${addressText(BigInt(area.end))}`,
    area.protection,
    area.kind,
    ...sizes(area),
    escape(nameOf(area))
  ])
  return table(
    ["ADDRESSES", "MAY", "KIND", "SIZE", "DUMPED", ...rare.map(([, heading]) => heading), "NAME"],
    [...rows, [`total of process ${one.pid}`, "", "", ...sizes(one), ""]]
  )
}

/** Columns that are there only where there is something in them. */
const rareOf = (all: ReadonlyArray<ProcessReport>) =>
  ([["parent", "IN PARENT"], ["lazy", "LAZY"], ["missing", "MISSING"]] as const).filter(([key]) =>
    all.some((one) => one[key] > 0)
  )

const nameOf = ({ file, shared }: AreaReport): string => file ?? (shared === undefined ? "" : `shared memory ${shared}`)
