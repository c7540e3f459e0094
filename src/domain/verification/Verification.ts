/**
 * Whether the images of a checkpoint are whole: what is wrong with which file, and whether a restore could still work.
 *
 * This file owns what is said. What is looked at, and by which rules, is in the files beside it.
 */
import * as Schema from "effect/Schema"

/**
 * Whether a restore could still work: `doubtful` where CRIU may report success and the processes lack something, or hold what they
 * did not hold.
 */
export const Outlook = Schema.Literal("possible", "doubtful", "impossible")
/** Whether a restore could still work. */
export type Outlook = typeof Outlook.Type

/** What is wrong with a file. */
const Fault = Schema.Literal(
  /** It is called for, and not there. */
  "missing",
  /** It is shorter than it has to be. */
  "truncated",
  "too long",
  /** It is not what its name says. */
  "undecodable",
  /** It lacks what another image refers to. */
  "incomplete",
  /** Its bytes are not those that were sealed. */
  "different",
  /** It was not there when it was sealed, or belongs to nothing that is there. */
  "extra",
  /** The record says something else than the images. */
  "disagrees"
)

/** One thing that is wrong. */
export const Problem = Schema.Struct({
  /** The path below the folder, or of a parent's file that of the parent before it. */
  file: Schema.String,
  fault: Fault,
  /** What is wrong, in words. */
  detail: Schema.String,
  restore: Outlook,
  /** What follows from it for a restore, in words. */
  consequence: Schema.String
})
/** One thing that is wrong. */
export type Problem = typeof Problem.Type

/** How a folder stands to its seal: `unreadable` where it does not read, or is of a newer version than ours. */
export const SealState = Schema.Literal("matched", "none", "broken", "unreadable")
/** How a folder stands to its seal. */
export type SealState = typeof SealState.Type

/** What was found of the images of a checkpoint, or of any folder. */
export const Verification = Schema.Struct({
  path: Schema.String,
  container: Schema.optional(Schema.String),
  checkpoint: Schema.optional(Schema.String),
  verdict: Schema.Literal("whole", "damaged"),
  seal: SealState,
  /** Why the seal could not be held against the files. */
  sealReason: Schema.optional(Schema.String),
  restore: Outlook,
  /** Why a restore is doubtful or impossible. */
  why: Schema.optional(Schema.String),
  /** How many files there are, and how many bytes. */
  files: Schema.Int,
  bytes: Schema.Number,
  problems: Schema.Array(Problem)
})
/** What was found of the images of a checkpoint, or of any folder. */
export type Verification = typeof Verification.Type

const weight: Readonly<Record<Outlook, number>> = { possible: 0, doubtful: 1, impossible: 2 }

/** The worst first; of one file only the worst. */
const sorted = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> => {
  const worst = [...problems].sort((a, b) => weight[b.restore] - weight[a.restore])
  const said = new Set<string>()
  return worst.filter(({ fault, file }) => {
    // What an image lacks is said for each thing that it lacks: all of it is looked for elsewhere.
    const key = fault === "incomplete" ? undefined : file
    if (said.has(file)) return false
    if (key !== undefined) said.add(key)
    return true
  })
}

/** The verdict of what was found. */
export const conclude = (
  { problems, ...found }: Omit<Verification, "verdict" | "restore" | "why">
): Verification => {
  const all = sorted(problems)
  const [worst] = all
  return {
    ...found,
    verdict: worst === undefined ? "whole" : "damaged",
    restore: worst?.restore ?? "possible",
    ...(worst === undefined || worst.restore === "possible" ? {} : { why: `${worst.file}: ${worst.consequence}` }),
    problems: all
  }
}
