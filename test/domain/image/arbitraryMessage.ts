/** Arbitrary values of a definition: every field that it has, any number of them, and fields that it does not know. */
import * as FastCheck from "effect/FastCheck"
import type * as Message from "../../../src/domain/image/Message.ts"

/** Values of a message, `depth` messages deep. */
export const arbitraryMessage = <A>(message: Message.Message<A>, depth = 3): FastCheck.Arbitrary<A> => {
  const fields = Object.entries(message.fields)
    .filter(([, { kind, rule }]) => depth > 0 || kind._tag !== "Message" || rule !== "optional")
    .map(([key, { kind, rule }]) => {
      const value = arbitraryValue(kind, depth)
      return [key, rule === "repeated" ? listOf(kind, value, depth) : rule === "required" ? value : optional(value)]
    })
  const unknownFields = optional(FastCheck.array(arbitraryUnknown(message), { minLength: 1, maxLength: 3 }))
  // It is made field by field of the definition, from which its type is.
  return FastCheck.record({ ...Object.fromEntries(fields), unknownFields }) as unknown as FastCheck.Arbitrary<A>
}

const optional = <A>(value: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<A | undefined> =>
  FastCheck.option(value, { nil: undefined })

const listOf = (
  kind: Message.Kind<unknown>,
  value: FastCheck.Arbitrary<unknown>,
  depth: number
): FastCheck.Arbitrary<ReadonlyArray<unknown>> =>
  FastCheck.array(value, { maxLength: kind._tag !== "Message" ? 5 : depth > 0 ? 2 : 0 })

const arbitraryValue = (kind: Message.Kind<unknown>, depth: number): FastCheck.Arbitrary<unknown> => {
  switch (kind._tag) {
    case "Message":
      return FastCheck.constant(undefined).chain(() => arbitraryMessage(kind.message(), depth - 1))
    case "Enum":
      return FastCheck.oneof(
        FastCheck.constantFrom(...kind.names.values()),
        FastCheck.integer({ min: -0x8000_0000, max: 0x7fff_ffff }).filter((number) => !kind.names.has(number))
      )
    case "Scalar":
      return scalars[kind.scalar]
  }
}

const unsigned32 = FastCheck.integer({ min: 0, max: 0xffff_ffff })
const signed32 = FastCheck.integer({ min: -0x8000_0000, max: 0x7fff_ffff })
const unsigned64 = FastCheck.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn })
const signed64 = FastCheck.bigInt({ min: -0x8000_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn })

const scalars: Readonly<
  Record<Extract<Message.Kind<unknown>, { _tag: "Scalar" }>["scalar"], FastCheck.Arbitrary<unknown>>
> = {
  uint32: unsigned32,
  uint64: unsigned64,
  int32: signed32,
  int64: signed64,
  sint32: signed32,
  sint64: signed64,
  fixed32: unsigned32,
  fixed64: unsigned64,
  bool: FastCheck.boolean(),
  string: FastCheck.string({ unit: "binary", maxLength: 12 }),
  bytes: FastCheck.uint8Array({ maxLength: 12 })
}

/** One field of each wire type that can be skipped, by bytes that such a field has. */
const arbitraryUnknown = (message: Message.Message<unknown>): FastCheck.Arbitrary<Message.UnknownField> =>
  FastCheck.record({
    number: FastCheck.integer({ min: 1, max: 0x1fff_ffff }).filter((number) => !message.byNumber.has(number)),
    content: FastCheck.oneof(
      FastCheck.nat(0x7f).map((byte) => ({ wire: 0, bytes: Uint8Array.of(0x80 | byte, 1) })),
      FastCheck.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => ({ wire: 1, bytes })),
      FastCheck.uint8Array({ maxLength: 5 }).map((bytes) => ({
        wire: 2,
        bytes: Uint8Array.of(bytes.length, ...bytes)
      })),
      FastCheck.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => ({ wire: 5, bytes }))
    )
  }).map(({ content, number }) => ({ number, ...content }))
