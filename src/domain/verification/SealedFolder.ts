/** A folder held against its seal: which files are as they were, as far as lengths and links tell, and which have to be read. */
import * as Loss from "./Loss.ts"
import { isSeal, type Seal, type SealedFile } from "./Seal.ts"
import type { Problem } from "./Verification.ts"

/** What lies below a folder. */
export interface FolderEntry {
  /** Below the folder. */
  readonly path: string
  readonly kind: "file" | "link"
  /** Of a file. */
  readonly bytes: number
  /** Of a link: where it leads. */
  readonly target: string
}

/** What a look at a sealed folder showed. */
export interface FirstLook {
  readonly problems: ReadonlyArray<Problem>
  /** The files whose digest decides. */
  readonly undecided: ReadonlyArray<SealedFile>
}

/** Compares what needs no reading. */
export const look = (seal: Seal, entries: ReadonlyArray<FolderEntry>): FirstLook => {
  const problems: Array<Problem> = []
  const undecided: Array<SealedFile> = []
  const there = new Map(entries.map((entry) => [entry.path, entry] as const))
  for (const file of seal.files) {
    const entry = there.get(file.path)
    there.delete(file.path)
    if (entry === undefined || entry.kind !== "file") problems.push(missing(file.path))
    else if (entry.bytes === file.bytes) undecided.push(file)
    else problems.push(otherLength(file, entry.bytes))
  }
  for (const { path, target } of seal.links) {
    const entry = there.get(path)
    there.delete(path)
    if (entry?.kind !== "link") problems.push(goneLink(path))
    else if (entry.target !== target) problems.push(otherLink(path, target, entry.target))
  }
  for (const path of there.keys()) if (!isSeal(path)) problems.push(extra(path))
  return { problems, undecided }
}

/** What is wrong where a digest is not the sealed one. */
export const different = (file: string): Problem => ({
  file,
  fault: "different",
  detail: "its bytes are not those that were sealed",
  ...Loss.ofDifferent(file)
})

const missing = (file: string): Problem => ({
  file,
  fault: "missing",
  detail: "it was sealed, and is gone",
  ...Loss.ofMissing(file)
})

const otherLength = ({ bytes, path }: SealedFile, found: number): Problem => ({
  file: path,
  fault: found < bytes ? "truncated" : "too long",
  detail: `it has ${found} bytes, and was sealed with ${bytes}`,
  ...(found < bytes ? Loss.ofUnreadable(path) : Loss.ofTooLong(path))
})

const goneLink = (file: string): Problem => ({
  file,
  fault: "missing",
  detail: "the link was sealed, and is gone",
  restore: "doubtful",
  consequence: "CRIU looks there for memory that is not in these images"
})

const otherLink = (file: string, target: string, found: string): Problem => ({
  file,
  fault: "different",
  detail: `the link leads to "${found}", and was sealed to lead to "${target}"`,
  restore: "doubtful",
  consequence: "CRIU looks there for memory that is not in these images"
})

const extra = (file: string): Problem => ({
  file,
  fault: "extra",
  detail: "it was not there when it was sealed",
  ...(/\.img$|^parent$/.test(file)
    ? { restore: "doubtful", consequence: "CRIU may read it" }
    : { restore: "possible", consequence: "a restore does not look at it" })
})
