/** The areas of one process's memory as a table: what the map shows, for reading. */
import { addressOf } from "../../domain/memory/MemoryHit.ts"
import * as PageMap from "../../domain/memory/PageMap.ts"
import * as humanize from "../humanize.ts"
import { counted } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import type { NameOf, Subject } from "./memoryMap.ts"
import { table } from "./table.ts"

/** The table, closed until it is opened or led to. */
export const areaTable = ({ areas, pages, pid }: Subject, nameOf: NameOf, most: number): Html =>
  markup`<details class="more"><summary>${counted(areas.length, "area")} as a table</summary>${
    table({
      caption: `Areas of the memory of process ${pid}`,
      columns: [
        { name: "Addresses" },
        { name: "Kind" },
        { name: "May" },
        { name: "Size", isNumber: true },
        { name: "Dumped", isNumber: true },
        { name: "In a parent", isNumber: true },
        { name: "File" }
      ],
      rows: areas.slice(0, most).map((area, index) => {
        const { missing, own, parent } = PageMap.totals(pages, area.start, area.end)
        return {
          id: `a${pid}-${index}`,
          cells: [
            markup`<code>${addressOf(area.start)}–${addressOf(area.end)}</code>`,
            markup`<span class="key k-${area.kind}"></span>${area.kind}`,
            markup`<code>${area.protection}</code>`,
            humanize.bytes(Number(area.end - area.start)),
            markup`${bytesOf(own)}${
              missing > 0n
                ? markup`
                  <b class="bad">${bytesOf(missing)} missing</b>
                `
                : undefined
            }`,
            bytesOf(parent),
            markup`<code>${nameOf(area)}</code>`
          ]
        }
      }),
      most
    })
  }${
    areas.length > most ? markup`<p class="note">${counted(areas.length - most, "more area")} left out.</p>` : undefined
  }</details>`

const bytesOf = (bytes: bigint): string => bytes === 0n ? "–" : humanize.bytes(Number(bytes))
