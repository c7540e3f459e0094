/** The freeze as a picture: how long the container stood still, and how much of that its memory took. */
import type { DumpFigures } from "../../domain/inspection/DumpFigures.ts"
import { coordinate, counted, micros, percent } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { facts } from "./table.ts"

/** The section. All bars are to one scale; when within the freeze memory was dumped and written, CRIU does not tell. */
export const timeline = (figures: DumpFigures): Html => {
  const { freezingMicros, frozenMicros, memoryDumpMicros, memoryWriteMicros } = figures
  const whole = Math.max(1, freezingMicros + frozenMicros)
  const perMicro = 1000 / Math.max(whole, freezingMicros + memoryDumpMicros, freezingMicros + memoryWriteMicros)
  const lane = (name: string, look: string, from: number, length: number): Html =>
    markup`
      <tr>
        <th scope="row">${name}</th>
        <td class="n">${micros(length)}</td>
        <td class="lane">
          <svg viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true">
            <rect class="${look}" data-micros="${length}" x="${coordinate(from * perMicro)}" y="2" width="${
      coordinate(
        length * perMicro
      )
    }" height="14" />
          </svg>
        </td>
      </tr>
    `
  return markup`
    <p>It took <b>${micros(freezingMicros)}</b> to freeze the processes, and then they stood still for <b>${
    micros(
      frozenMicros
    )
  }</b>. Of that, ${micros(memoryDumpMicros)} (${
    percent(
      memoryDumpMicros,
      frozenMicros
    )
  }) went into taking their memory, and ${micros(memoryWriteMicros)} (${
    percent(
      memoryWriteMicros,
      frozenMicros
    )
  }) into writing it.</p>
    <div class="wide">
      <table class="timeline">
        <caption>The freeze, to scale</caption>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col" class="n">Took</th>
            <th scope="col"><span class="axis"><span>0</span><span>${micros(whole)}</span></span></th>
          </tr>
        </thead>
        <tbody>${lane("Freezing", "freezing", 0, freezingMicros)}${
    lane(
      "Frozen",
      "frozen",
      freezingMicros,
      frozenMicros
    )
  }${lane("Memory dump", "taking", freezingMicros, memoryDumpMicros)}${
    lane(
      "Memory write",
      "writing",
      freezingMicros,
      memoryWriteMicros
    )
  }</tbody>
      </table>
    </div>
    <p
      class="note">CRIU tells how long memory dump and memory write took, not when they began: here they begin with the freeze.</p>${
    facts(
      [
        ["Pages looked at", counted(figures.pagesScanned, "page")],
        ["Pages written", counted(figures.pagesWritten, "page")],
        ["Pages in the parent", counted(figures.pagesSkippedParent, "page")],
        ["Pages left to be fetched", figures.pagesLazy === 0 ? undefined : counted(figures.pagesLazy, "page")],
        [
          "Shared pages",
          figures.sharedPagesScanned === undefined
            ? undefined
            : `${figures.sharedPagesWritten ?? 0} of ${figures.sharedPagesScanned} written, ${
              figures.sharedPagesSkippedParent ?? 0
            } in the parent`
        ],
        ["Path lookup", figures.pathLookupMicros === undefined ? undefined : micros(figures.pathLookupMicros)]
      ]
    )
  }
  `
}
