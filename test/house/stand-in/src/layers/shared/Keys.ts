// The keys that every door here has.
import * as HashSet from "effect/HashSet"
import type { Guest } from "../../domain/Greeting.ts"

/** Whether a guest holds one of the keys. */
export const holds = (keys: HashSet.HashSet<Guest>, guest: Guest): boolean => HashSet.has(keys, guest)
