/** The flags with which a file is open, in words (open(2)). */
import type { CoreEntry } from "./message/Core.ts"

/** What may be done with an open file. */
export type Access = "read" | "write" | "read-write" | "none"

/** What may be done with a file that is open with these flags; `none` is of a path alone (O_PATH). */
export const accessOf = (flags: number): Access => {
  if ((flags & path) !== 0) return "none"
  const mode = flags & 3
  return mode === 0 ? "read" : mode === 1 ? "write" : mode === 2 ? "read-write" : "none"
}

const path = 0o10000000

/** By the bits that they have on every machine. */
const common: ReadonlyArray<readonly [number, string]> = [
  [0o100, "create"],
  [0o200, "exclusive"],
  [0o400, "no-terminal"],
  [0o1000, "truncate"],
  [0o2000, "append"],
  [0o4000, "nonblocking"],
  [0o10000, "data-sync"],
  [0o20000, "async"],
  [0o1000000, "no-access-time"],
  [0o2000000, "close-on-exec"],
  [0o4000000, "sync"],
  [path, "path"],
  [0o20000000, "nameless"]
]

/** Four more, whose bits are those of the machine: direct, large, folder, no-follow. */
const ofMachine = (machine: CoreEntry["mtype"]): ReadonlyArray<readonly [number, string]> => {
  const bits = machine === "ARM" || machine === "AARCH64"
    ? [0o200000, 0o400000, 0o40000, 0o100000]
    : machine === "PPC64"
    ? [0o400000, 0o200000, 0o40000, 0o100000]
    : [0o40000, 0o100000, 0o200000, 0o400000]
  return ["direct", "large", "folder", "no-follow"].map((word, index) => [bits[index] ?? 0, word])
}

/** The words for flags besides what may be done with the file; `large`, which every program has, is left out. */
export const wordsOf = (flags: number, machine: CoreEntry["mtype"] = "X86_64"): ReadonlyArray<string> =>
  [...common, ...ofMachine(machine)]
    .filter(([bit, word]) => (flags & bit) !== 0 && word !== "large")
    .map(([, word]) => word)
