/**
 * Reads pages of two sides and says which are the same. It holds two portions of each side and no more, however many pages there
 * are: while one portion is compared the next one is read, of both sides at once.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { isEqual } from "../domain/difference/equalPages.ts"
import { type Comparison, type Placed, plan, type Portion, type Span } from "../domain/difference/ReadPlan.ts"

/** Reads bytes of a file until `into` is full. */
export type ReadSpan<E> = (file: string, offset: number, into: Uint8Array) => Effect.Effect<void, E>

/** What is told of pages in a row; `unknown` where one of the sides could not be read. */
export type Verdict = "equal" | "different" | "unknown"

/** How much of one side is read before it is compared, in bytes. */
const portionBytes = 4 * 1024 * 1024

/** Both sides of it. */
export interface Sides<E> {
  readonly pageSize: number
  readonly before: ReadSpan<E>
  readonly after: ReadSpan<E>
}

/** What was read to compare pages. */
export interface PagesRead<E> {
  readonly bytes: number
  /** Why what could not be read could not. */
  readonly failures: { readonly [K in SideName]: ReadonlyArray<E> }
}

type SideName = "before" | "after"

/** Compares pages, and tells of them. */
export const comparePages = <E>(
  comparisons: Iterable<Comparison>,
  sides: Sides<E>,
  tell: (owner: number, first: number, count: number, verdict: Verdict) => void
): Effect.Effect<PagesRead<E>> =>
  Effect.gen(function* () {
    const { pageSize } = sides
    const portions = plan(comparisons, pageSize, Math.max(portionBytes, pageSize))
    const failures: { readonly [K in SideName]: Array<E> } = { before: [], after: [] }
    let bytes = 0
    // Taken when the first portion asks for it: a small comparison needs little.
    let spare: ReadonlyArray<Room> = [{}, {}]
    const begin = Effect.suspend(() => {
      const next = portions.next()
      const [room = {}, ...rest] = spare
      if (next.done === true) return Effect.succeed(undefined)
      spare = rest
      return Effect.map(Effect.fork(readPortion(next.value, room, sides)), (reading) => ({
        portion: next.value,
        reading,
        room
      }))
    })
    let current = yield* begin
    while (current !== undefined) {
      const { portion, reading, room } = current
      const outcome = yield* Fiber.join(reading)
      const next = yield* begin
      // The reads of the next portion have to be under way before this one is compared.
      yield* Effect.yieldNow()
      if (Either.isLeft(outcome)) {
        failures[outcome.left.side].push(outcome.left.error)
        for (const { count, first, owner } of portion.pages) tell(owner, first, count, "unknown")
      } else {
        bytes += outcome.right.bytes
        for (const pages of portion.pages) comparePlaced(pages, pageSize, outcome.right, tell)
      }
      spare = [...spare, room]
      current = next
    }
    return { bytes, failures }
  })

/** The memory that a portion is read into, used again for the one after the next. */
interface Room {
  before?: ArrayBuffer
  after?: ArrayBuffer
}

interface Read {
  readonly before: Int32Array
  readonly after: Int32Array
  readonly bytes: number
}

interface Failed<E> {
  readonly side: SideName
  readonly error: E
}

const readPortion = <E>(
  portion: Portion,
  room: Room,
  sides: Sides<E>
): Effect.Effect<Either.Either<Read, Failed<E>>> => {
  const read = (side: SideName) => {
    const spans = portion[side]
    const bytes = bytesOf(spans)
    const into = roomFor(bytes, room[side])
    room[side] = into
    return Effect.mapError(readSpans(spans, into, sides[side]), (error): Failed<E> => ({ side, error })).pipe(
      Effect.as({ words: new Int32Array(into), bytes })
    )
  }
  return Effect.all([read("before"), read("after")], { concurrency: 2 }).pipe(
    Effect.map(([before, after]) => ({
      before: before.words,
      after: after.words,
      bytes: before.bytes + after.bytes
    })),
    Effect.either
  )
}

const bytesOf = (spans: ReadonlyArray<Span>): number => {
  const last = spans.at(-1)
  return last === undefined ? 0 : last.at + last.bytes
}

const roomFor = (bytes: number, room: ArrayBuffer | undefined): ArrayBuffer =>
  room !== undefined && room.byteLength >= bytes ? room : new ArrayBuffer(bytes)

const readSpans = <E>(spans: ReadonlyArray<Span>, into: ArrayBuffer, read: ReadSpan<E>): Effect.Effect<void, E> =>
  Effect.forEach(spans, ({ at, bytes, file, offset }) => read(file, offset, new Uint8Array(into, at, bytes)), {
    discard: true
  })

const comparePlaced = (
  { after, before, count, first, owner }: Placed,
  pageSize: number,
  read: Read,
  tell: (owner: number, first: number, count: number, verdict: Verdict) => void
): void => {
  // Most pages are the same: all at once first, and one by one only where they are not.
  if (isEqual(read.before, before, read.after, after, count * pageSize)) {
    tell(owner, first, count, "equal")
    return
  }
  for (let page = 0; page < count; page++) {
    const at = page * pageSize
    tell(
      owner,
      first + page,
      1,
      isEqual(read.before, before + at, read.after, after + at, pageSize) ? "equal" : "different"
    )
  }
}
