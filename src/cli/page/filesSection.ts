/** The section of the open files: a table for each process, which a text filters, and locks and removed files. */
import type { Descriptor, FileLock, Files, FilesOfProcess, RemovedFile } from "../../domain/inspection/Files.ts"
import * as humanize from "../humanize.ts"
import { describe, flagsOf } from "../inspection/fileTables.ts"
import { counted, cut } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { table } from "./table.ts"

/** What a process is called, for headings. */
export type Titles = (pid: number) => string

/** The section. The filter shows itself where scripts run. */
export const filesSection = ({ locks, processes, removed }: Files, titleOf: Titles): Html => {
  const most = Math.max(40, Math.min(1000, Math.floor(mostRows / Math.max(1, processes.length))))
  return markup`
    <p class="tool"
      hidden><label>Filter <input type="search" id="filter" placeholder="path, address, kind, state …" autocomplete="off" spellcheck="false" aria-controls="filtered"></label> <output for="filter" id="matches"></output></p>
    <div id="filtered">${
    processes.map((process) => ofProcess(process, titleOf, most, processes.length <= mostOpen))
  }</div>${locks.length === 0 ? undefined : lockTable(locks)}${removed.length === 0 ? undefined : removedTable(removed)}
  `
}

const ofProcess = (
  { descriptors, pid, sharedWith }: FilesOfProcess,
  titleOf: Titles,
  most: number,
  isOpen: boolean
): Html =>
  markup`
    <details class="card" id="f${pid}"
      ${
    isOpen
      ? markup`
          open
        `
      : undefined
  }><summary><h3><a href="#p${pid}" class="pid">${pid}</a> ${
    titleOf(
      pid
    )
  }</h3> <span class="sum">${
    sharedWith === undefined ? counted(descriptors.length, "descriptor") : "shared"
  }</span></summary>${
    sharedWith !== undefined
      ? markup`<p class="note">It shares the descriptors of <a href="#f${sharedWith}">${sharedWith}</a>.</p>`
      : table({
        caption: `Open files of process ${pid}`,
        columns: [{ name: "Fd", isNumber: true }, { name: "Kind" }, { name: "What" }, { name: "Opened" }],
        rows: descriptors.map((one) => ({ cells: row(one) })),
        most
      })
  }</details>
  `

const row = ({ closeOnExec, descriptor, file }: Descriptor) => [
  descriptor,
  markup`<span class="chip">${file.kind}</span>`,
  markup`<code>${cut(describe(file), 1000)}</code>`,
  [
    ...("access" in file ? [file.access] : []),
    ...flagsOf(file),
    ...(closeOnExec ? ["close-on-exec"] : [])
  ].join(", ")
]

const lockTable = (locks: ReadonlyArray<FileLock>): Html =>
  markup`<h3>${counted(locks.length, "lock")}</h3>${
    table({
      caption: "Locks on files",
      columns: [
        { name: "Process" },
        { name: "Fd", isNumber: true },
        { name: "Lock" },
        { name: "Bytes" },
        { name: "File" }
      ],
      rows: locks.map(({ access, descriptor, length, path, pid, start, type }) => ({
        cells: [
          markup`<a href="#p${pid}" class="pid">${pid}</a>`,
          descriptor,
          `${type}, ${access}`,
          length === undefined ? `${start} to the end` : `${start} to ${start + length - 1}`,
          markup`<code>${path ?? "unknown"}</code>`
        ]
      }))
    })
  }`

const removedTable = (removed: ReadonlyArray<RemovedFile>): Html =>
  markup`<h3>${counted(removed.length, "removed file")}</h3>${
    table({
      caption: "Files whose name was gone",
      columns: [{ name: "File" }, { name: "Kept as" }, { name: "Size", isNumber: true }],
      rows: removed.map(({ how, path, size }) => ({
        cells: [markup`<code>${path ?? "unknown"}</code>`, how, size === undefined ? "–" : humanize.bytes(size)]
      }))
    })
  }`

/** Of all processes together. */
const mostRows = 20_000

const mostOpen = 40
