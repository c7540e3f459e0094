import { BinaryWriter } from "@bufbuild/protobuf/wire"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Message from "../../../src/domain/image/Message.ts"
import { decode } from "../../../src/domain/image/readMessage.ts"
import { encode } from "../../../src/domain/image/writeMessage.ts"
import { arbitraryMessage } from "./arbitraryMessage.ts"

/** Every kind of field under every rule. */
interface Sample extends Message.Extensible {
  readonly name: string
  readonly small: number
  readonly inner?: Sample
  readonly many: ReadonlyArray<Sample>
  readonly numbers: ReadonlyArray<number>
}
const Sample: Message.Message<Sample> = Message.define("sample", {
  name: Message.required(1, Message.string),
  small: Message.required(2, Message.sint32),
  inner: Message.optional(3, Message.nested((): Message.Message<Sample> => Sample)),
  many: Message.repeated(4, Message.nested((): Message.Message<Sample> => Sample)),
  numbers: Message.repeated(5, Message.uint32)
})
const Scalars = Message.define("scalars", {
  uint32: Message.optional(1, Message.uint32),
  uint64: Message.optional(2, Message.uint64),
  int32: Message.optional(3, Message.int32),
  int64: Message.optional(4, Message.int64),
  sint64: Message.optional(5, Message.sint64),
  fixed32: Message.optional(6, Message.fixed32),
  fixed64: Message.repeated(7, Message.fixed64),
  bool: Message.repeated(8, Message.bool),
  bytes: Message.repeated(16, Message.bytes),
  word: Message.repeated(2000, Message.enumeration({ ONE: 1, TWO: 2 }))
})

/** So many fields of a number, each a tag and a zero. */
const fieldsOf = (number: number, count: number): Uint8Array =>
  new Uint8Array(2 * count).map((_, index) => index % 2 === 0 ? number * 8 : 0)

/** The bytes of `levels` messages, each within the one before. */
const nestedTo = (levels: number): Uint8Array => {
  let bytes = new Uint8Array()
  for (let level = 0; level < levels; level++) {
    const writer = new BinaryWriter().tag(1, 2).string("").tag(2, 0).sint32(0)
    bytes = (level === 0 ? writer : writer.tag(3, 2).bytes(bytes)).finish()
  }
  return bytes
}

describe("Message", () => {
  it.prop("reads what it wrote, whatever the value", [arbitraryMessage(Sample)], ([value]) => {
    expect(decode(Sample, encode(Sample, value))).toEqual(Either.right(value))
  })

  it.prop("reads what it wrote of every scalar", [arbitraryMessage(Scalars)], ([value]) => {
    expect(decode(Scalars, encode(Scalars, value))).toEqual(Either.right(value))
  })

  it.prop(
    "reads numbers one by one and packed alike, and both in one message",
    [FastCheck.array(FastCheck.nat(0xffff_ffff))],
    ([numbers]) => {
      const start = () => new BinaryWriter().tag(1, 2).string("x").tag(2, 0).sint32(-7)
      const one = numbers.reduce((writer, number) => writer.tag(5, 0).uint32(number), start()).finish()
      const packed = numbers.reduce((writer, number) => writer.uint32(number), start().tag(5, 2).fork()).join().finish()
      const both = [...one, ...packed]
      expect(Either.getOrThrow(decode(Sample, one)).numbers).toEqual(numbers)
      expect(Either.getOrThrow(decode(Sample, packed)).numbers).toEqual(numbers)
      expect(Either.getOrThrow(decode(Sample, Uint8Array.from(both))).numbers).toEqual([...numbers, ...numbers])
    }
  )

  it("keeps a field that it does not know, or that is of another wire type than it knows, and writes it back", () => {
    const bytes = Uint8Array.from([...nestedTo(1), 0x55, 1, 2, 3, 4, 0x2d, 9, 9, 9, 9])
    const value = Either.getOrThrow(decode(Sample, bytes))
    expect(value.unknownFields).toEqual([
      { number: 10, wire: 5, bytes: Uint8Array.of(1, 2, 3, 4) },
      { number: 5, wire: 5, bytes: Uint8Array.of(9, 9, 9, 9) }
    ])
    expect(encode(Sample, value)).toEqual(bytes)
  })

  it("keeps a group, which no message of CRIU has, as deep as the protobuf library goes", () => {
    const groups = (depth: number) =>
      Uint8Array.from([...nestedTo(1), ...new Array<number>(depth).fill(0x53), ...new Array<number>(depth).fill(0x54)])
    expect(encode(Sample, Either.getOrThrow(decode(Sample, groups(50))))).toEqual(groups(50))
    expect(decode(Sample, groups(100_000))).toEqual(Either.left("sample is malformed"))
  })

  it("keeps the number of an enumeration that it has no name for", () => {
    const bytes = encode(Scalars, { fixed64: [], bool: [], bytes: [], word: ["TWO", 77, "ONE", -1] })
    expect(Either.getOrThrow(decode(Scalars, bytes)).word).toEqual(["TWO", 77, "ONE", -1])
  })

  it("takes the last of several values of one field", () => {
    const bytes = Uint8Array.from([...nestedTo(1), 0x10, 0x04])
    expect(Either.getOrThrow(decode(Sample, bytes)).small).toBe(2)
  })

  it("replaces what is no text", () => {
    const bytes = Uint8Array.of(0x0a, 3, 0x61, 0xff, 0x62, 0x10, 0)
    expect(Either.getOrThrow(decode(Sample, bytes)).name).toBe("a\ufffdb")
  })

  it("names the message and the field that it lacks, also within another", () => {
    expect(decode(Sample, Uint8Array.of(0x0a, 0))).toEqual(Either.left('sample lacks "small"'))
    expect(decode(Sample, Uint8Array.from([...nestedTo(1), 0x1a, 2, 0x10, 0])))
      .toEqual(Either.left('sample lacks "name"'))
  })

  it.each([
    ["a length beyond the end", [0x0a, 0x7f]],
    ["a length of four gigabytes", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ["a number without an end", [0x10, 0xff]],
    ["a number that is too long", [0x10, ...new Array<number>(11).fill(0xff), 0]],
    ["field zero", [0x00, 0x00]],
    ["a wire type that is none", [0x0f, 0x00]],
    ["the end of a group that was not begun", [0x0c]]
  ])("refuses %s", (_, bytes) => {
    expect(decode(Sample, Uint8Array.from(bytes))).toEqual(Either.left("sample is malformed"))
  })

  it("goes as deep as protobuf's own libraries, and no deeper", () => {
    expect(decode(Sample, nestedTo(101))._tag).toBe("Right")
    expect(decode(Sample, nestedTo(102))).toEqual(Either.left("sample lies deeper than any message"))
    expect(decode(Sample, nestedTo(2000))).toEqual(Either.left("sample lies deeper than any message"))
  })

  const floods = {
    // The tag of the field, and of each value one byte.
    "in one packed field": (count: number) => new BinaryWriter().tag(8, 2).bytes(new Uint8Array(count)).finish(),
    "in several": (count: number) => {
      const half = new Uint8Array(count / 2)
      return new BinaryWriter().tag(8, 2).bytes(half).tag(8, 2).bytes(half).tag(8, 2)
        .bytes(new Uint8Array(count % 2)).finish()
    },
    // A tag and an empty value each.
    "each by itself": (count: number) => fieldsOf(8, count)
  }

  it.each(Object.entries(floods))("takes four million values and no more, %s", (_, flood) => {
    expect(decode(Scalars, flood(4_000_000))._tag).toBe("Right")
    const more = decode(Scalars, flood(4_000_001))
    expect(Either.isLeft(more) ? more.left : "read").toBe("scalars has too many values")
  }, 60_000)

  it("takes 250 000 fields that it does not know and no more, also in messages within", () => {
    expect(decode(Scalars, fieldsOf(9, 250_000))._tag).toBe("Right")
    expect(decode(Scalars, fieldsOf(9, 250_001))).toEqual(Either.left("scalars has too many values"))
    const within = new BinaryWriter().tag(3, 2).bytes(fieldsOf(9, 250_001)).finish()
    expect(decode(Sample, within)).toEqual(Either.left("sample has too many values"))
  })

  it("copies nothing: bytes are views of what was given", () => {
    const bytes = encode(Scalars, { fixed64: [], bool: [], bytes: [Uint8Array.of(1, 2, 3)], word: [] })
    expect(Either.getOrThrow(decode(Scalars, bytes)).bytes[0]?.buffer).toBe(bytes.buffer)
  })
})
