/**
 * In which parts memory is read to be searched: each fits in a buffer, and what lies together in a file is read at once, though it
 * does not lie together in memory.
 */
import type { DumpedRange } from "./PageMap.ts"

/** One read of a file into the buffer. */
interface Read {
  readonly depth: number
  readonly file: string
  readonly offset: number
  /** Where in the buffer. */
  readonly at: number
  readonly length: number
}

/** Bytes in the buffer that lie together in memory. */
interface Segment {
  readonly address: bigint
  readonly at: number
  readonly length: number
}

/** What is read into a buffer. */
export interface Batch {
  readonly reads: ReadonlyArray<Read>
  readonly segments: ReadonlyArray<Segment>
  readonly length: number
}

/** The parts of memory, in its order, each of at most `size` bytes. */
export function* batches(ranges: Iterable<DumpedRange>, size: number): Generator<Batch, void> {
  let reads: Array<Read> = []
  let segments: Array<Segment> = []
  let length = 0
  for (const { end, place, start } of ranges) {
    const total = Number(end - start)
    for (let done = 0; done < total;) {
      if (length === size) {
        yield { reads, segments, length }
        reads = []
        segments = []
        length = 0
      }
      const count = Math.min(total - done, size - length)
      addRead(reads, { depth: place.depth, file: place.file, offset: place.offset + done, at: length, length: count })
      addSegment(segments, { address: start + BigInt(done), at: length, length: count })
      length += count
      done += count
    }
  }
  if (length > 0) yield { reads, segments, length }
}

const addRead = (reads: Array<Read>, read: Read): void => {
  const last = reads.at(-1)
  if (
    last !== undefined && last.depth === read.depth && last.file === read.file &&
    last.offset + last.length === read.offset
  ) reads[reads.length - 1] = { ...last, length: last.length + read.length }
  else reads.push(read)
}

const addSegment = (segments: Array<Segment>, segment: Segment): void => {
  const last = segments.at(-1)
  if (last !== undefined && last.address + BigInt(last.length) === segment.address) {
    segments[segments.length - 1] = { ...last, length: last.length + segment.length }
  } else segments.push(segment)
}
