/**
 * Searching pages in the order of their addresses, in constant memory: while one part is searched, the next one is read.
 */
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ImageUnreadable, StorageFailed } from "../domain/CheckpointError.ts"
import { type Batch, batches } from "../domain/memory/batches.ts"
import type { Matcher } from "../domain/memory/Matcher.ts"
import type { DumpedRange } from "../domain/memory/PageMap.ts"
import * as Window from "../domain/memory/Window.ts"
import type { ReadPages } from "./openPages.ts"

/** What a search works with. */
export interface Searcher {
  readonly matcher: Matcher
  /** How many bytes around a match are given. */
  readonly context: number
  /** How much is read at once, in bytes. */
  readonly chunk: number
  /** Used in turn; each has room for what is kept of a part, then for the next part. */
  readonly buffers: readonly [Uint8Array, Uint8Array]
}

/** Makes a searcher. `chunk` is how much is read at once, in bytes; it has two buffers of that. */
export const makeSearcher = (matcher: Matcher, context: number, chunk: number): Searcher => {
  const buffer = () => new Uint8Array(Window.mostKept(matcher, context) + chunk)
  return { matcher, context, chunk, buffers: [buffer(), buffer()] }
}

/** What is found in pages. One search at a time may use a searcher. */
export const searchPages = (
  { buffers, chunk, context, matcher }: Searcher,
  readPages: ReadPages,
  ranges: Iterable<DumpedRange>
): Stream.Stream<Window.Found, ImageUnreadable | StorageFailed> =>
  Stream.unwrapScoped(Effect.gen(function* () {
    const scope = yield* Effect.scope
    const room = Window.mostKept(matcher, context)
    const parts = batches(ranges, chunk)
    /** Begins to read the next part; what it is read into is not that in which the present part lies. */
    const begin = (into: Uint8Array) =>
      Effect.gen(function* () {
        const part = parts.next()
        if (part.done === true) return undefined
        const reading = yield* Effect.forEach(
          part.value.reads,
          ({ at, depth, file, length, offset }) =>
            readPages(depth, file, offset, into.subarray(room + at, room + at + length)),
          { discard: true }
        ).pipe(Effect.exit, Effect.forkIn(scope))
        return { part: part.value, reading, into }
      })
    let pending = yield* begin(buffers[0])
    let kept: Kept | undefined
    /** The search of the present part, until it is at its end: before that nothing is read into where it lies. */
    let present: Generator<Window.Found, Kept | undefined> | undefined
    const step = Effect.gen(function* () {
      if (present === undefined) {
        if (pending === undefined) return yield* Effect.fail(Option.none())
        const { into, part, reading } = pending
        const exit = yield* Fiber.join(reading)
        if (Exit.isFailure(exit)) return yield* Effect.failCause(Cause.map(exit.cause, Option.some))
        pending = yield* begin(into === buffers[0] ? buffers[1] : buffers[0])
        // The read has to be under way before this fibre holds the processor.
        yield* Effect.yieldNow()
        present = searchPart({ matcher, context, room, bytes: into, part, kept, next: pending?.part })
      }
      const found: Array<Window.Found> = []
      for (let copied = 0; found.length < mostFound && copied < mostCopied;) {
        const { done, value } = present.next()
        if (done === true) {
          kept = value
          present = undefined
          break
        }
        found.push(value)
        copied += value.before.length + value.match.length + value.after.length
      }
      return Chunk.unsafeFromArray(found)
    })
    return Stream.repeatEffectChunkOption(step)
  }))

/** So many matches are handed on at once, and about so many bytes of them: a part of nothing but matches has millions. */
const mostFound = 256
const mostCopied = 1024 * 1024

/** What of the last span of a part has to be seen again. The bytes are copies. */
interface Kept {
  readonly bytes: Uint8Array
  /** Of the first of the bytes. */
  readonly address: bigint
  /** From which of the bytes on matches may begin. */
  readonly from: number
}

interface Part {
  readonly matcher: Matcher
  readonly context: number
  /** Where in the buffer the part begins; before it is room for what was kept. */
  readonly room: number
  readonly bytes: Uint8Array
  readonly part: Batch
  readonly kept: Kept | undefined
  readonly next: Batch | undefined
}

function* searchPart(
  { bytes, context, kept, matcher, next, part, room }: Part
): Generator<Window.Found, Kept | undefined> {
  matcher.tune(bytes, room, room + part.length)
  let left: Kept | undefined
  for (const [index, { address, at, length }] of part.segments.entries()) {
    const isLast = index === part.segments.length - 1
    const before = index === 0 && kept !== undefined && kept.address + BigInt(kept.bytes.length) === address
      ? kept
      : undefined
    if (before !== undefined) bytes.set(before.bytes, room - before.bytes.length)
    const begin = room + at - (before?.bytes.length ?? 0)
    const end = room + at + length
    const continues = isLast && next?.segments[0]?.address === address + BigInt(length)
    const span = {
      address: before?.address ?? address,
      begin,
      end,
      from: begin + (before?.from ?? 0),
      continues
    }
    const rest = yield* Window.search(matcher, bytes, span, context)
    if (continues) {
      left = {
        bytes: bytes.slice(rest.keep, end),
        address: span.address + BigInt(rest.keep - begin),
        from: rest.from - rest.keep
      }
    }
  }
  return left
}
