/**
 * The one process of a container in memory, as a dump finds it: what is in its address space, and where.
 *
 * Its heap begins with all that is frozen of the container, as JSON text; above it lie only zeros. At the end of its stack are
 * its command line and its environment. How that is written as images is `CounterImages.ts`.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Memory } from "./MemoryContainers.ts"

/** Bytes of a page. */
export const pageSize = 4096

/** A part of the address space. */
export interface Area {
  /** Its first address. */
  readonly start: bigint
  /** All of its pages were written to: all are dumped. */
  readonly pages: number
}

/** A text in memory. */
interface Text {
  readonly start: bigint
  readonly bytes: Uint8Array
}

/** The process of a container. */
export interface CounterProcess {
  /** As its container is called, as far as the kernel keeps that. */
  readonly name: string
  readonly heap: Area
  readonly stack: Area
  /** What is frozen, at the beginning of the heap. */
  readonly frozen: Uint8Array
  readonly commandLine: Text
  /** Follows the command line. */
  readonly environment: Text
}

/** The process of a container. Its pages are the memory that the container is said to have, or more where that is too little. */
export const of = (memory: Memory): CounterProcess => {
  const frozen = textOf(memory)
  const [commandLine, environment] = [lines(["counter"]), lines(variables(memory))]
  const end = top - stackPadding
  const environmentStart = end - BigInt(environment.byteLength)
  const [heap, stack] = partition(memory)
  return {
    name: nameOf(memory),
    heap: { start: heapStart, pages: heap },
    stack: { start: top - BigInt(stack * pageSize), pages: stack },
    frozen,
    commandLine: { start: environmentStart - BigInt(commandLine.byteLength), bytes: commandLine },
    environment: { start: environmentStart, bytes: environment }
  }
}

/** How many pages the process of a container has. */
export const pagesOf = (memory: Memory): number => {
  const [heap, stack] = partition(memory)
  return heap + stack
}

/** The pages of a process, those of the heap first. */
export const contentOf = ({ commandLine, environment, frozen, heap, stack }: CounterProcess): Uint8Array => {
  const content = new Uint8Array((heap.pages + stack.pages) * pageSize)
  content.set(frozen)
  for (const { bytes, start } of [commandLine, environment]) {
    content.set(bytes, heap.pages * pageSize + Number(start - stack.start))
  }
  return content
}

/** What was frozen, from the pages of a process; the reason of a failure is one line. */
export const thaw = (content: Uint8Array): Either.Either<Memory, string> =>
  Either.mapLeft(
    decodeFrozen(new TextDecoder().decode(content.subarray(0, Math.max(0, content.indexOf(0))))),
    () => "the pages are not of this runtime"
  )

const heapStart = 0x1000000n
/** Where the stack ends. */
const top = 0x7ffffffff000n
const stackPadding = 8n

const encoder = new TextEncoder()

/** Texts as the kernel lays them out: each with a zero behind it. */
const lines = (texts: ReadonlyArray<string>): Uint8Array => encoder.encode(texts.map((text) => `${text}\0`).join(""))

const textOf = (memory: Memory): Uint8Array => lines([JSON.stringify(memory)])

const variables = ({ id }: Memory): ReadonlyArray<string> => ["PATH=/bin", `HOSTNAME=${id}`, "HOME=/"]

/** The pages of the heap and of the stack. */
const partition = (memory: Memory): readonly [heap: number, stack: number] => {
  const small = mostBytes(memory) <= pageSize
  const stack = small ? 1 : pagesFor(Number(stackPadding) + lines(["counter", ...variables(memory)]).byteLength)
  const heap = small ? 1 : pagesFor(textOf(memory).byteLength)
  return [Math.max(heap, pagesFor(memory.memory) - stack), stack]
}

const pagesFor = (bytes: number): number => Math.ceil(bytes / pageSize)

/** No text in memory is longer. To know it takes a fraction of the time of writing one, which every dump would wait for. */
const mostBytes = ({ files, id, identity, image = "", labels, name = "" }: Memory): number => {
  let [characters, texts] = [id.length + name.length + image.length + identity.length, files.length]
  for (const path of files) characters += path.length
  for (const key in labels) {
    characters += key.length + (labels[key]?.length ?? 0)
    texts += 1
  }
  // A character is six at most, where JSON has no sign for it; quotes and commas are around each text.
  return 6 * characters + 8 * texts + 256
}

/** The kernel keeps fifteen bytes of the name of a process. */
const nameOf = ({ id, name }: Memory): string => {
  let kept = ""
  for (const character of name ?? id) {
    if (encoder.encode(kept + character).byteLength > 15) break
    kept += character
  }
  return kept
}

const Frozen = Schema.parseJson(Schema.Struct({
  id: Schema.String,
  name: Schema.optional(Schema.String),
  image: Schema.optional(Schema.String),
  labels: Schema.Record({ key: Schema.String, value: Schema.String }),
  identity: Schema.String,
  count: Schema.Number,
  memory: Schema.Number,
  files: Schema.Array(Schema.String)
}))

const decodeFrozen = Schema.decodeEither(Frozen)
