/** An inspection for a person: the record and the overview, then the sections that are there, each below its heading. */
import type { Inspection } from "../../domain/inspection/Inspection.ts"
import { escape } from "../escape.ts"
import { style } from "../style.ts"
import { fields, table } from "../table.ts"
import { fileTables } from "./fileTables.ts"
import { overviewLines } from "./overview.ts"
import { processDetails } from "./processDetails.ts"
import { processTree } from "./processTree.ts"
import { describe } from "./record.ts"
import * as tables from "./sectionTables.ts"

/** How it is shown. */
export interface Manner {
  /** In milliseconds since 1970. */
  readonly now: number
  readonly colours: boolean
  /** Whether all that is known of each process follows the tree. */
  readonly details: boolean
}

/** The whole text. */
export const show = (inspection: Inspection, { colours, details, now }: Manner): string => {
  const { checkpoint, overview, processes, problems } = inspection
  const { bad, strong } = style(colours)
  const lines = [
    ...(checkpoint === undefined ? [] : describe(checkpoint, now)),
    ...(overview === undefined ? [] : overviewLines(overview, checkpoint === undefined))
  ]
  const parts: ReadonlyArray<readonly [heading: string, text: string | undefined]> = [
    ["Processes", processes && [processTree(processes), ...(details ? processes.map(processDetails) : [])].join("\n")],
    ["Memory", inspection.memory && tables.memoryTable(inspection.memory)],
    ["Files", inspection.files && fileTables(inspection.files)],
    ["Mounts", inspection.mounts && tables.mountTable(inspection.mounts)],
    ["Namespaces", inspection.namespaces && tables.namespaceTable(inspection.namespaces)],
    ["Cgroups", inspection.cgroups && tables.cgroupTables(inspection.cgroups)],
    ["Statistics", inspection.statistics && tables.figureLines(inspection.statistics)],
    ["Images", inspection.images && tables.imageTable(inspection.images)]
  ]
  return [
    fields(lines.map(([name, value]) => [name, escape(value)])),
    ...parts.flatMap(([heading, text]) => text === undefined ? [] : [`${strong(heading)}\n${text}`]),
    // Where there is no image at all, the record has said so.
    ...(problems.length === 0 || overview === undefined ? [] : [
      `${bad("Problems")}\n${
        table(["FILE", "REASON"], problems.map(({ file, reason }) => [escape(file), escape(reason)]))
      }`
    ])
  ].join("\n")
}
