/** The section of the memory: a legend, what each process has by kind, the map of each, and what several share. */
import type { Memory, MemoryOfProcess } from "../../domain/inspection/Memory.ts"
import * as humanize from "../humanize.ts"
import { counted } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { table } from "./table.ts"

/** What a process is called, for headings. */
export type Titles = (pid: number) => string

/** The section. `maps` has the drawn map of each process, made while its memory was read. */
export const memorySection = (memory: Memory, maps: ReadonlyMap<number, Html>, titleOf: Titles): Html => {
  const isOpen = memory.processes.length <= mostOpen
  return markup`${legend}${
    memory.processes.map((process) =>
      markup`
        <details class="card" id="m${process.pid}"
          ${
        isOpen
          ? markup`
              open
            `
          : undefined
      }><summary><h3><a href="#p${process.pid}" class="pid">${process.pid}</a> ${
        titleOf(
          process.pid
        )
      }</h3> <span class="sum">${humanize.bytes(process.total.size)}, <b>${
        humanize.bytes(
          process.total.dumped
        )
      } dumped</b>${process.total.parent === 0 ? "" : `, ${humanize.bytes(process.total.parent)} in a parent`}${
        process.total.missing === 0
          ? undefined
          : markup`, <b class="bad">${humanize.bytes(process.total.missing)} missing</b>`
      }</span></summary>${
        maps.get(
          process.pid
        )
      }${kindTable(process)}</details>
      `
    )
  }${shared(memory)}`
}

const legend = markup`
  <div class="legend">
    <p><b>Above, the kind of each area:</b> ${
  ([
    "heap",
    "stack",
    "anonymous",
    "shared",
    "file",
    "vdso",
    "other"
  ] as const).map((kind) =>
    markup`
        <span><i class="key k-${kind}"></i>${kind}</span>
      `
  )
}</p>
    <p><b>Below, where its pages are:</b> <span><i class="ramp"><i class="dumped l1"></i><i class="dumped l2"></i><i class="dumped l3"></i><i class="dumped l4"></i></i>dumped, little to all</span> <span><i class="ramp"><i class="parent l1"></i><i class="parent l4"></i></i>in a parent</span> <span><i class="ramp"><i class="lazy l4"></i></i>left to be fetched</span> <span><i class="ramp"><i class="missing l4"></i></i>missing</span> <span><i class="ramp"><i class="none"></i></i>not dumped: never touched, or as in its file</span></p>
  </div>
`

const kindTable = ({ kinds, pid }: MemoryOfProcess): Html =>
  markup`<details class="more"><summary>By kind</summary>${
    table({
      caption: `Memory of process ${pid} by kind`,
      columns: [
        { name: "Kind" },
        { name: "Areas", isNumber: true },
        { name: "Size", isNumber: true },
        { name: "Dumped", isNumber: true },
        { name: "In a parent", isNumber: true },
        { name: "To be fetched", isNumber: true },
        { name: "Missing", isNumber: true }
      ],
      rows: kinds.map(({ areas, dumped, kind, lazy, missing, parent, size }) => ({
        cells: [
          markup`<span class="key k-${kind}"></span>${kind}`,
          areas,
          humanize.bytes(size),
          ...[dumped, parent, lazy, missing].map(bytesOf)
        ]
      }))
    })
  }</details>`

const shared = ({ shared }: Memory): Html =>
  shared.length === 0
    ? markup``
    : markup`<h3>${counted(shared.length, "shared memory", "shared memories")}</h3>${
      table({
        caption: "Memory that several processes may have",
        columns: [
          { name: "Id" },
          { name: "Mapped by" },
          { name: "Dumped", isNumber: true },
          { name: "In a parent", isNumber: true },
          { name: "Missing", isNumber: true }
        ],
        rows: shared.map(({ dumped, id, missing, parent, processes }) => ({
          cells: [
            markup`<code>${id}</code>`,
            processes.length === 0 ? "nobody" : markup`${
              processes.slice(0, 20).map((pid) =>
                markup`
                <a href="#m${pid}" class="pid">${pid}</a>
              `
              )
            }${processes.length > 20 ? `and ${processes.length - 20} more` : ""}`,
            bytesOf(dumped),
            bytesOf(parent),
            bytesOf(missing)
          ]
        }))
      })
    }`

const bytesOf = (bytes: number): string => bytes === 0 ? "–" : humanize.bytes(bytes)

/** The maps of so many processes are seen at once; of more, a person opens those that count. */
const mostOpen = 16
