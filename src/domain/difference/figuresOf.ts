/** The figures of two sides beside each other: how much there is, how large the images are, and what CRIU measured. */
import type { Inspection } from "../inspection/Inspection.ts"
import type { Figure } from "./Difference.ts"

/** The figures that either side has. */
export const figuresOf = (before: Inspection, after: Inspection): ReadonlyArray<Figure> => {
  const [one, other] = [numbersIn(before), numbersIn(after)]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => ({
    name,
    ...(one[name] === undefined ? {} : { before: one[name] }),
    ...(other[name] === undefined ? {} : { after: other[name] })
  }))
}

type Numbers = Readonly<Record<string, number | undefined>>

const numbersIn = ({ images, overview, statistics }: Inspection): Numbers => ({
  ...(overview === undefined ? {} : {
    processes: overview.processes,
    threads: overview.threads,
    descriptors: overview.descriptors,
    sockets: overview.sockets,
    virtualBytes: overview.memory.size,
    dumpedBytes: overview.memory.dumped,
    inParentBytes: overview.memory.parent,
    imageFiles: overview.images.files,
    imageBytes: overview.images.bytes
  }),
  ...(images === undefined ? {} : {
    pagesBytes: images.filter(({ file }) => /^pages-\d+\.img$/.test(file)).reduce((sum, { bytes }) => sum + bytes, 0)
  }),
  ...statistics
})
