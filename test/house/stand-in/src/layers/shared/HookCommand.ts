// What is said at every door.
import type { Guest } from "../../domain/Greeting.ts"

/** What is said to a guest. */
export const make = (guest: Guest): string => `Welcome, ${guest}`
