/**
 * Damaged images: whatever the bytes, there is a value or a reason, no exception, and no more memory than a multiple of the
 * bytes. More than 100 000 cases; a failure names the seed of its case.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { formerKinds } from "../../../src/domain/image/formerKinds.ts"
import * as Image from "../../../src/domain/image/Image.ts"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { AnyKind } from "../../../src/domain/image/ImageKind.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import * as Message from "../../../src/domain/image/Message.ts"
import { encode } from "../../../src/domain/image/writeMessage.ts"
import { arbitraryImage } from "./arbitraryImage.ts"
import { damage, numbersOf } from "./damage.ts"
import { measure } from "./measure.ts"

const allKinds: ReadonlyArray<AnyKind> = [...Object.values(kinds), ...formerKinds]

/** More than 100 000 in all. */
const casesOfKind = 1500

/** The most values that a byte may become; an entry without a byte of its own has a size of four bytes before it. */
const valuesOfByte = 3

/** The most characters: a word of an enumeration, which is there once for all, is longer than its number. */
const charactersOfByte = 3

const imagesOf = (kind: AnyKind, count: number, seed: number): ReadonlyArray<Uint8Array> =>
  FastCheck.sample(arbitraryImage(kind), { numRuns: count, seed }).map(({ bytes }) => bytes)

/** What is wrong with what came of some bytes; `undefined` where nothing is. */
const fault = (result: Either.Either<unknown, string>, bytes: Uint8Array): string | undefined => {
  if (Either.isLeft(result)) return /^.{1,120}$/.test(result.left) ? undefined : `the reason "${result.left}"`
  const { depth, isView, text, values } = measure(result.right, bytes.buffer)
  if (values > valuesOfByte * bytes.length + 8) return `${values} values of ${bytes.length} bytes`
  if (text > charactersOfByte * bytes.length) return `${text} characters of ${bytes.length} bytes`
  if (depth > 210) return `${depth} levels`
  return isView ? undefined : "bytes that were copied"
}

/** Decodes as everything that these bytes could be taken for. */
const tryAll = (kind: AnyKind, bytes: Uint8Array): string | undefined => {
  try {
    const decoded = Image.decode("some.img", bytes)
    const contents = Either.map(decoded, (one) => one._tag === "Known" ? [one.head, one.entries] : [])
    const read = ImageFile.read(kind, bytes)
    const head = kind.head === undefined ? Either.right([]) : ImageFile.head({ ...kind, head: kind.head }, bytes)
    return fault(contents, bytes) ?? fault(read, bytes) ?? fault(head, bytes) ?? rewriting(kind, read)
  } catch (error) {
    return `it threw ${String(error)}`
  }
}

/** What could be read is written as it would be read again. */
const rewriting = (
  kind: AnyKind,
  read: Either.Either<ImageFile.Image<unknown, unknown>, string>
): string | undefined => {
  if (Either.isLeft(read)) return undefined
  const once = ImageFile.write(kind, read.right.entries, read.right.head)
  const again = Either.map(ImageFile.read(kind, once), ({ entries, head }) => ImageFile.write(kind, entries, head))
  return Either.isRight(again) && again.right.every((byte, index) => byte === once[index])
    ? undefined
    : "it is written as something else"
}

/** The most that a message can hold for its bytes: fields of one sort again and again, also in the messages within it. */
const floods = (message: Message.Message<unknown>, size: number, depth = 2): ReadonlyArray<Uint8Array> => {
  const unknown = [15, 14, 13, 12, 11].find((number) => !message.byNumber.has(number)) ?? 100
  const alone = encode(Message.define("", { field: Message.required(unknown, Message.uint32) }), { field: 1 })
  return [
    repeated(alone, size),
    ...Object.values(message.fields).flatMap(({ kind, number, rule }) => {
      const wrap = (content: Uint8Array) =>
        encode(Message.define("", { field: Message.required(number, Message.bytes) }), { field: content })
      if (kind._tag !== "Message") return rule === "repeated" ? [wrap(repeated(Uint8Array.of(1), size))] : []
      const inner = kind.message()
      return [
        ...(rule === "repeated" ? [repeated(wrap(least(inner)), size)] : []),
        ...(depth === 0 ? [] : floods(inner, size, depth - 1).map((flood) => wrap(joined(least(inner), flood))))
      ]
    })
  ]
}

const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => {
    bytes.set(part, at)
    return at + part.length
  }, 0)
  return bytes
}

const repeated = (bytes: Uint8Array, size: number): Uint8Array =>
  joined(...Array.from({ length: Math.ceil(size / Math.max(1, bytes.length)) }, () => bytes))

/** The size before an entry. */
const sizeOf = (content: Uint8Array): Uint8Array => new Uint8Array(Uint32Array.of(content.length).buffer)

/** The shortest message of a definition: what is required, and that as short as it can be. */
const least = (message: Message.Message<unknown>): Uint8Array =>
  joined(...message.required.map((key) => {
    const { kind, number } = message.fields[key] ?? Message.required(1, Message.uint32)
    const content = kind._tag === "Message" ? least(kind.message()) : new Uint8Array()
    const isLength = kind._tag === "Message" || (kind._tag === "Scalar" && ["string", "bytes"].includes(kind.scalar))
    return isLength
      ? encode(Message.define("", { field: Message.required(number, Message.bytes) }), { field: content })
      : encode(Message.define("", { field: Message.required(number, Message.uint32) }), { field: 0 })
  }))

describe("a damaged image", () => {
  it("is tried in more than 100 000 cases", () => {
    expect(allKinds.length * casesOfKind).toBeGreaterThan(100_000)
  })

  it.each(allKinds.map((kind) => [kind.file.source, kind] as const))("like %s is a value or a reason", (_, kind) => {
    const start = Math.floor(Math.random() * 0x7fff_ffff)
    const images = imagesOf(kind, 12, start)
    const others = allKinds.slice(0, 12).flatMap((other) => imagesOf(other, 1, start))
    const outcomes = { Left: 0, Right: 0 }
    for (let seed = start; seed < start + casesOfKind; seed++) {
      const numbers = numbersOf(seed)
      const image = images[numbers(images.length)] ?? new Uint8Array()
      const bytes = damage(image, numbers, others[numbers(others.length)] ?? image)
      const wrong = tryAll(kind, bytes)
      if (wrong !== undefined) expect.fail(`${wrong}, with the seed ${seed} of ${start}: ${bytes.join(" ")}`)
      outcomes[ImageFile.read(kind, bytes)._tag]++
    }
    // Else the damage is too little or too much to reach what is to be tried.
    expect(outcomes.Left).toBeGreaterThan(casesOfKind / 40)
    expect(outcomes.Right).toBeGreaterThan(casesOfKind / 40)
  })

  it.each(allKinds.map((kind) => [kind.file.source, kind] as const))(
    "like %s holds no more than a multiple of its bytes",
    (_, kind) => {
      const [whole] = FastCheck.sample(arbitraryImage(kind), { numRuns: 1, seed: 2 })
      const start = ImageFile.write(kind, [], whole?.head)
      const entry = (content: Uint8Array) => joined(sizeOf(content), content)
      const images = [
        joined(start, repeated(entry(least(kind.entry)), 2000)),
        ...floods(kind.entry, 2000).map((flood) => joined(start, entry(joined(least(kind.entry), flood))))
      ]
      for (const bytes of images) {
        expect(tryAll(kind, bytes)).toBeUndefined()
        // What is refused would hold nothing.
        expect(ImageFile.read(kind, bytes)._tag).toBe("Right")
      }
    }
  )

  const deep: ReadonlyArray<readonly [string, AnyKind, ReadonlyArray<number>, number]> = [
    ["folders of control groups", kinds.cgroup, [2, 2], 2],
    ["namespaces of AppArmor", kinds.apparmor, [1], 3]
  ]
  it.each(deep)("with %s in each other without end is refused", (_, kind, outer, inner) => {
    const name = Uint8Array.of(0x0a, 0)
    const wrapped = (number: number, content: Uint8Array) =>
      encode(Message.define("", { field: Message.required(number, Message.bytes) }), { field: content })
    const outcomes = [1, 50, 90, 110, 1000, 5000].map((levels) => {
      let content: Uint8Array = name
      for (let level = 0; level < levels; level++) content = joined(name, wrapped(inner, content))
      for (const number of outer) content = wrapped(number, content)
      const bytes = joined(ImageFile.write(kind, []), sizeOf(content), content)
      expect(tryAll(kind, bytes)).toBeUndefined()
      return ImageFile.read(kind, bytes)._tag
    })
    expect(outcomes).toEqual(["Right", "Right", "Right", "Left", "Left", "Left"])
  })
})
