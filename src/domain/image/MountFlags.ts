/** The flags of a mount, and of its file system, in words (mount(2)). */
import { wordsIn } from "./bits.ts"

const flags = [
  [1 << 0, "read-only"],
  [1 << 1, "no-set-uid"],
  [1 << 2, "no-devices"],
  [1 << 3, "no-execute"],
  [1 << 4, "synchronous"],
  [1 << 6, "mandatory-locks"],
  [1 << 7, "synchronous-folders"],
  [1 << 8, "no-follow"],
  [1 << 10, "no-access-time"],
  [1 << 11, "no-folder-access-time"],
  [1 << 12, "bind"],
  [1 << 14, "recursive"],
  [1 << 16, "acl"],
  [1 << 17, "unbindable"],
  [1 << 18, "private"],
  [1 << 19, "slave"],
  [1 << 20, "shared"],
  [1 << 21, "relative-access-time"],
  [1 << 23, "versions"],
  [1 << 24, "strict-access-time"],
  [1 << 25, "lazy-time"]
] as const

/** The words for the flags of a mount. */
export const wordsOf = (value: number): ReadonlyArray<string> => wordsIn(flags, value)
