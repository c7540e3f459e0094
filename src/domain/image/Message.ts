/**
 * Definitions of protobuf messages as data: a definition names the fields of a message as CRIU does, with their numbers, kinds and
 * rules (proto2).
 *
 * Bytes are read by them in `readMessage.ts` and written in `writeMessage.ts`; what the messages are is in the folder `message`.
 */
import { WireType } from "@bufbuild/protobuf/wire"

/** A field that its message's definition does not know: its number, its wire type, and its bytes without the tag. */
export interface UnknownField {
  readonly number: number
  readonly wire: number
  readonly bytes: Uint8Array
}

/** Where a decoded message holds the fields that its definition does not know; absent where there are none. */
export interface Extensible {
  readonly unknownFields?: ReadonlyArray<UnknownField>
}

/** A kind of value: how it is on the wire. */
export type Kind<A> =
  | { readonly _tag: "Scalar"; readonly scalar: ScalarName; readonly _A?: A }
  | { readonly _tag: "Enum"; readonly names: ReadonlyMap<number, string>; readonly _A?: A }
  | { readonly _tag: "Message"; readonly message: () => Message<A> }

/** The kinds of values that are no messages. */
export type ScalarName =
  | "uint32"
  | "uint64"
  | "int32"
  | "int64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "bool"
  | "string"
  | "bytes"

/** A field of a message. */
export interface Field<A, R extends Rule = Rule> {
  readonly number: number
  readonly kind: Kind<A>
  readonly rule: R
}

type Rule = "required" | "optional" | "repeated"

/** The definition of a message whose values are of the type `A`. */
export interface Message<A> {
  /** CRIU's name of it. */
  readonly name: string
  /** By CRIU's names of them. */
  readonly fields: Readonly<Record<string, Field<unknown>>>
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field<unknown>]>
  /** The names of those that are always there, and of those that are lists: looked through for every message that is read. */
  readonly required: ReadonlyArray<string>
  readonly repeated: ReadonlyArray<string>
  readonly _A?: A
}

/** The type of the values of a definition. */
export type Value<M extends Message<unknown>> = NonNullable<M["_A"]>

type Fields = Readonly<Record<string, Field<unknown>>>
type Of<F extends Field<unknown>> = F extends Field<infer A> ? A : never
type Named<F extends Fields, R extends Rule> = { [K in keyof F]: F[K] extends Field<unknown, R> ? K : never }[keyof F]

/** What a message of these fields is. */
export type Struct<F extends Fields> =
  & { readonly [K in Named<F, "required">]: Of<F[K]> }
  & { readonly [K in Named<F, "optional">]?: Of<F[K]> }
  & { readonly [K in Named<F, "repeated">]: ReadonlyArray<Of<F[K]>> }
  & Extensible

const scalar = <A>(name: ScalarName): Kind<A> => ({ _tag: "Scalar", scalar: name })

/** An unsigned number of 32 bits. */
export const uint32 = scalar<number>("uint32")
/** An unsigned number of 64 bits. */
export const uint64 = scalar<bigint>("uint64")
/** A signed number of 32 bits. */
export const int32 = scalar<number>("int32")
/** A signed number of 64 bits. */
export const int64 = scalar<bigint>("int64")
/** A signed number of 32 bits, zigzag. */
export const sint32 = scalar<number>("sint32")
/** A signed number of 64 bits, zigzag. */
export const sint64 = scalar<bigint>("sint64")
/** Four bytes. */
export const fixed32 = scalar<number>("fixed32")
/** Eight bytes. */
export const fixed64 = scalar<bigint>("fixed64")
/** True or false. */
export const bool = scalar<boolean>("bool")
/** Text; what is no UTF-8, as a path may be, is replaced. */
export const string = scalar<string>("string")
/** Bytes as they are. */
export const bytes = scalar<Uint8Array>("bytes")

/** One of some named numbers; a number without a name is kept as it is. */
export const enumeration = <const N extends Readonly<Record<string, number>>>(names: N): Kind<keyof N | number> => ({
  _tag: "Enum",
  names: new Map(Object.entries(names).map(([name, number]) => [number, name]))
})

/** A message within a message; a function where it is defined further below, or within itself. */
export const nested = <A>(message: Message<A> | (() => Message<A>)): Kind<A> => ({
  _tag: "Message",
  message: typeof message === "function" ? message : () => message
})

/** A field that is always there: a message without it is malformed. */
export const required = <A>(number: number, kind: Kind<A>): Field<A, "required"> => ({ number, kind, rule: "required" })
/** A field that may be missing. */
export const optional = <A>(number: number, kind: Kind<A>): Field<A, "optional"> => ({ number, kind, rule: "optional" })
/** A field with any number of values, none included. */
export const repeated = <A>(number: number, kind: Kind<A>): Field<A, "repeated"> => ({ number, kind, rule: "repeated" })

/** Defines a message. */
export const define = <const F extends Fields>(name: string, fields: F): Message<Struct<F>> => ({
  name,
  fields,
  byNumber: new Map(Object.entries(fields).map(([key, field]) => [field.number, [key, field] as const])),
  required: under("required", fields),
  repeated: under("repeated", fields)
})

const under = (rule: Rule, fields: Fields): ReadonlyArray<string> =>
  Object.entries(fields).filter(([, field]) => field.rule === rule).map(([key]) => key)

/** How a kind of value is on the wire, each by itself. */
export const wireOf = (kind: Kind<unknown>): WireType => {
  if (kind._tag === "Message") return WireType.LengthDelimited
  if (kind._tag === "Enum") return WireType.Varint
  switch (kind.scalar) {
    case "string":
    case "bytes":
      return WireType.LengthDelimited
    case "fixed32":
      return WireType.Bit32
    case "fixed64":
      return WireType.Bit64
    default:
      return WireType.Varint
  }
}

/** Whether values of a kind lie together behind one length. */
export const isPacked = (kind: Kind<unknown>, wire: WireType): boolean =>
  wire === WireType.LengthDelimited && wireOf(kind) !== WireType.LengthDelimited

/** Whether a field may be on the wire in a way. */
export const fits = ({ kind, rule }: Field<unknown>, wire: WireType): boolean =>
  wire === wireOf(kind) || (rule === "repeated" && isPacked(kind, wire))
