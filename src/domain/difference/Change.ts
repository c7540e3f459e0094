/** What of a thing that is on both sides is another value than before. */
import * as Schema from "effect/Schema"

/** A value of a thing. */
export const Fact = Schema.Union(Schema.String, Schema.Number, Schema.Boolean, Schema.Array(Schema.String))
/** A value of a thing. */
export type Fact = typeof Fact.Type

/** A value that changed; absent on a side that does not have it. */
export const Change = Schema.Struct({
  field: Schema.String,
  before: Schema.optional(Fact),
  after: Schema.optional(Fact)
}).annotations({ identifier: "Change" })
/** A value that changed. */
export type Change = typeof Change.Type

/** What became of a thing. */
export const Fate = Schema.Literal("appeared", "went", "changed", "equal")
/** What became of a thing. */
export type Fate = typeof Fate.Type

/** The values of a thing by the names of their fields. */
export type Facts = Readonly<Record<string, Fact | undefined>>

/** The values that are not the same on both sides, in the order of the fields. */
export const changesOf = (before: Facts, after: Facts): ReadonlyArray<Change> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) => {
    const [one, other] = [before[field], after[field]]
    return isSame(one, other) ? [] : [{
      field,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other })
    }]
  })

const isSame = (one: Fact | undefined, other: Fact | undefined): boolean =>
  isList(one) && isList(other)
    ? one.length === other.length && one.every((text, index) => text === other[index])
    : one === other

const isList = (fact: Fact | undefined): fact is ReadonlyArray<string> => Array.isArray(fact)
