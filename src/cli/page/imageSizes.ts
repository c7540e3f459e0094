/** The section of the image files: by size, with a bar for how much of the whole each is. */
import type { ImageSize } from "../../domain/inspection/ImageSize.ts"
import * as humanize from "../humanize.ts"
import { coordinate, counted, percent } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { table } from "./table.ts"

/** The section; the largest first, and of very many only those. */
export const imagesSection = (images: ReadonlyArray<ImageSize>): Html => {
  const total = images.reduce((sum, { bytes }) => sum + bytes, 0)
  const largest = Math.max(1, ...images.slice(0, 1).map(({ bytes }) => bytes))
  const rows = images.map(({ bytes, file, kind }) => ({
    cells: [
      markup`<code>${file}</code>`,
      kind ?? markup`<span class="note">no image that is known</span>`,
      humanize.bytes(bytes),
      markup`
        <svg class="share" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
          <rect x="0" y="0" width="${coordinate((1000 * bytes) / largest)}" height="10" />
        </svg>
      `,
      percent(bytes, total)
    ]
  }))
  const sizes = (caption: string, shown: typeof rows) =>
    table({
      caption,
      columns: [
        { name: "File" },
        { name: "Kind" },
        { name: "Size", isNumber: true },
        { name: "Compared" },
        { name: "Share", isNumber: true }
      ],
      rows: shown
    })
  return markup`${sizes("The largest image files", rows.slice(0, first))}${
    rows.length > first
      ? markup`<details class="more"><summary>${counted(rows.length - first, "smaller file")}</summary>${
        sizes("The other image files", rows.slice(first))
      }</details>`
      : undefined
  }`
}

const first = 12
