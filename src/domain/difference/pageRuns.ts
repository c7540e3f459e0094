/** The runs of pages that a page map comes to. */
import type { PageMap, PageRange } from "../memory/PageMap.ts"
import type { PageRun } from "./PagePair.ts"

/**
 * The runs of a page map, in its order.
 *
 * @param folders what tells the folders of the chain from all others, the images' own first
 */
export const runsOf = (
  { ranges }: PageMap,
  pageSize: number,
  folders: ReadonlyArray<string>
): ReadonlyArray<PageRun> => ranges.flatMap((range) => runsOfRange(range, BigInt(pageSize), folders))

const runsOfRange = (
  { end, place, start }: PageRange,
  size: bigint,
  folders: ReadonlyArray<string>
): ReadonlyArray<PageRun> => {
  const first = Number(start / size)
  const whole = Number(end / size)
  // The last page of a segment that is no multiple of a page is not in its file as a whole.
  const rest: ReadonlyArray<PageRun> = end % size === 0n ? [] : [{ first: whole, count: 1, place: undefined }]
  if (whole <= first) return rest
  const folder = place._tag === "Dumped" ? folders[place.depth] : undefined
  const run: PageRun = {
    first,
    count: whole - first,
    place: place._tag === "Dumped" && folder !== undefined
      ? { file: `${folder}/${place.file}`, offset: place.offset }
      : undefined
  }
  return [run, ...rest]
}
