/** What a checkpoint's `config.json` says, held against what lies beside it. */
import * as Either from "effect/Either"
import type { CheckpointConfig } from "../CheckpointConfig.ts"
import { ofMissing } from "./Loss.ts"
import { isSeal } from "./Seal.ts"
import type { FolderEntry } from "./SealedFolder.ts"
import type { Problem } from "./Verification.ts"

/** What is wrong with the record; `name` is that of the folder, where it is a checkpoint of that name. */
export const disagreements = (
  config: CheckpointConfig,
  entries: ReadonlyArray<FolderEntry>,
  name: string | undefined
): ReadonlyArray<Problem> => [
  ...(name === undefined || config.name === "" || config.name === name
    ? []
    : [disagrees(`it is the record of checkpoint "${config.name}"`)]),
  ...linked(config, entries),
  ...sized(config, entries),
  ...described(config, entries)
]

const disagrees = (detail: string): Problem => ({
  file: "config.json",
  fault: "disagrees",
  detail,
  restore: "doubtful",
  consequence: "something of the checkpoint is not what it was"
})

/** A checkpoint that builds on another one has the link by which CRIU finds it. */
const linked = (config: CheckpointConfig, entries: ReadonlyArray<FolderEntry>): ReadonlyArray<Problem> => {
  const parent = config.stasis?.options?.parentPath
  const link = entries.find(({ kind, path }) => path === "parent" && kind === "link")
  if (parent === undefined) return []
  return link === undefined
    ? [{
      file: "parent",
      fault: "missing",
      detail: `the record says that it builds on checkpoint "${parent}", and the link to that is gone`,
      restore: "impossible",
      consequence: "CRIU does not find the memory that the parent has"
    }]
    : link.target.slice(link.target.lastIndexOf("/") + 1) === parent
    ? []
    : [disagrees(`it says that the checkpoint builds on "${parent}", and the link leads to "${link.target}"`)]
}

/** What was written when the bytes had been counted, or is not counted. */
const isUncounted = (path: string): boolean => path === "config.json" || path === "stats-dump" || isSeal(path)

/**
 * The bytes that were counted when it was published are still there. The statistics may have been counted, and so may each file of
 * somebody else: what has been put beside the images since was not. The link to another checkpoint was another one when it was counted.
 */
const sized = (config: CheckpointConfig, entries: ReadonlyArray<FolderEntry>): ReadonlyArray<Problem> => {
  const recorded = config.stasis?.bytes
  if (recorded === undefined) return []
  const sum = (counted: ReadonlyArray<FolderEntry>) =>
    counted.reduce((total, { bytes, target }) => total + bytes + target.length, 0)
  const parent = config.stasis?.options?.parentPath
  const isLinked = (path: string) => path === "parent" && parent !== undefined
  const found = entries.filter(({ path }) => !isUncounted(path) && !isLinked(path))
  const maybe = entries.filter(({ path }) => path === "stats-dump" || (!isUncounted(path) && isForeign(path)))
  const rest = recorded - sum(found.filter(({ path }) => !isForeign(path)))
  const slack = parent === undefined ? 0 : longestPath
  const fits = maybe.length > mostTried
    ? rest >= 0 && rest <= sum(maybe) + slack
    : sums(maybe.map((entry) => sum([entry]))).some((more) => rest >= more && rest <= more + slack)
  return fits ? [] : [disagrees(`it says that there are ${recorded} bytes beside it, and there are ${sum(found)}`)]
}

const longestPath = 4096

/** Of how many files it is tried which of them were counted. */
const mostTried = 10

/** What any of some numbers come to. */
const sums = (numbers: ReadonlyArray<number>): ReadonlyArray<number> =>
  numbers.reduce<ReadonlyArray<number>>((all, one) => [...all, ...all.map((sum) => sum + one)], [0])

/** No image, and nothing that a runtime or stasis writes beside them. */
const isForeign = (path: string): boolean => !/\.img$|^(?:descriptors|spec)\.json$|^parent$|\/parent$/.test(path)

/** The runtimes read how the container's streams were from a file of their own. */
const described = (config: CheckpointConfig, entries: ReadonlyArray<FolderEntry>): ReadonlyArray<Problem> => {
  const { name } = config.stasis?.runtime ?? {}
  const file = "descriptors.json"
  return (name !== "runc" && name !== "crun") || entries.some(({ path }) => path === file) ? [] : [{
    file,
    fault: "missing",
    detail: `${name} writes it with every checkpoint, and it is not there`,
    ...ofMissing(file)
  }]
}

/** Whether a text is JSON. */
export const isJson = (text: string): boolean =>
  Either.isRight(Either.try({ try: (): unknown => JSON.parse(text), catch: () => "it is not valid JSON" }))

/** What is wrong where a file beside the images is not the JSON that it has to be. */
export const malformed = (file: string): Problem => ({
  file,
  fault: "undecodable",
  detail: "it is not valid JSON",
  ...ofMissing(file)
})
