// What a greeting is. Pure data: the smallest thing that the domain of a project can hold.
import * as Schema from "effect/Schema"

/** The name that a greeting is for. */
export const Guest = Schema.NonEmptyString.pipe(Schema.brand("Guest"))

/** The name that a greeting is for. */
export type Guest = typeof Guest.Type

/** A guest was turned away. */
export class Unwelcome extends Schema.TaggedError<Unwelcome>()("Unwelcome", { guest: Guest }) {}

/** The words for a guest. */
export const words = (guest: Guest): string => `Welcome, ${guest}`
