// The door of the library: namespaces only.

/** Who is let in. */
export * as Door from "./effects/Door.ts"

/** What a greeting is. */
export * as Greeting from "./domain/Greeting.ts"
