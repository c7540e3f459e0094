/** A part of a process's memory as a person names it: by its addresses, by an area's start, or by a kind of area. */
import * as Either from "effect/Either"
import { AreaKind } from "./AreaKind.ts"
import type { MemoryArea } from "./MemoryArea.ts"
import { addressOf } from "./MemoryHit.ts"
import * as Schema from "effect/Schema"

/** Addresses from one up to another. */
export interface AddressRange {
  readonly start: bigint
  /** The first address behind it. */
  readonly end: bigint
}

/** What was named. */
export type Named =
  | { readonly _tag: "Range"; readonly range: AddressRange }
  | { readonly _tag: "AreaAt"; readonly start: bigint }
  | { readonly _tag: "Kind"; readonly kind: AreaKind }

/** Reads `0x7f00-0x7f80`, `0x7f00+128`, the start of an area, or a kind such as `heap`; addresses are hexadecimal. */
export const parse = (text: string): Either.Either<Named, string> => {
  if (isKind(text)) return Either.right({ _tag: "Kind", kind: text })
  const match = /^(?:0x)?([\da-f]{1,16})(?:-(?:0x)?([\da-f]{1,16})|\+(0x[\da-f]{1,16}|\d{1,19}))?$/i.exec(text)
  const [, from, to, length] = match ?? []
  if (from === undefined) return Either.left(expected)
  const start = BigInt(`0x${from}`)
  if (to === undefined && length === undefined) return Either.right({ _tag: "AreaAt", start })
  const end = to === undefined ? start + BigInt(length ?? 0) : BigInt(`0x${to}`)
  return end <= start
    ? Either.left("it ends where it begins, or before")
    : end > 1n << 64n
    ? Either.left("it goes beyond all memory")
    : Either.right({ _tag: "Range", range: { start, end } })
}

/** The ranges that are meant, of which there is at least one, in the order of their addresses. */
export const resolve = (
  named: Named,
  areas: ReadonlyArray<MemoryArea>
): Either.Either<ReadonlyArray<AddressRange>, string> => {
  if (named._tag === "Range") return Either.right([named.range])
  const found = areas.filter((area) => named._tag === "Kind" ? area.kind === named.kind : area.start === named.start)
  if (found.length > 0) return Either.right(found.map(({ end, start }) => ({ start, end })))
  return Either.left(
    named._tag === "Kind"
      ? `the process has no area of the kind "${named.kind}"`
      : `no area of the process begins at ${addressOf(named.start)}`
  )
}

const isKind = Schema.is(AreaKind)

const expected = "expected addresses such as 0x7f00-0x7f80 or 0x7f00+128, the start of an area, or one of " +
  AreaKind.literals.join(", ")
