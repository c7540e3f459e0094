/** What became of the descriptors of a process. */
import type { Descriptor, Files } from "../inspection/Files.ts"
import { changesOf } from "./Change.ts"
import type { DescriptorDifference } from "./DescriptorDifference.ts"
import { factsOf, inodeOf, isSame, nameOf } from "./openFile.ts"

/**
 * Compares the descriptors of a process by their numbers. With `inodes` a pipe or socket is another one where the kernel's number of
 * it is.
 */
export const compareDescriptors = (
  before: ReadonlyArray<Descriptor>,
  after: ReadonlyArray<Descriptor>,
  inodes: boolean
): ReadonlyArray<DescriptorDifference> => {
  const earlier = new Map(before.map((one) => [one.descriptor, one]))
  const later = new Map(after.map((one) => [one.descriptor, one]))
  const numbers = [...new Set([...earlier.keys(), ...later.keys()])].sort((a, b) => a - b)
  return numbers.flatMap((number) => compareOne(earlier.get(number), later.get(number), inodes))
}

/**
 * Whether the kernel's numbers of pipes and sockets can be compared: one of them is on both sides. They are all others where the
 * processes were restored in between.
 */
export const haveSameInodes = (before: Files, after: Files): boolean => {
  const earlier = new Set(inodesIn(before))
  return inodesIn(after).some((inode) => earlier.has(inode))
}

/** The descriptors of a process, those of a table that it shares with another one included. */
export const descriptorsOf = (files: Files, pid: number): ReadonlyArray<Descriptor> => {
  const own = files.processes.find((process) => process.pid === pid)
  const holder = own?.sharedWith === undefined ? own : files.processes.find(({ pid }) => pid === own.sharedWith)
  return holder?.descriptors ?? []
}

const inodesIn = ({ processes }: Files): ReadonlyArray<string> =>
  processes.flatMap(({ descriptors }) => descriptors.flatMap(({ file }) => inodeOf(file) ?? []))

const compareOne = (
  before: Descriptor | undefined,
  after: Descriptor | undefined,
  inodes: boolean
): ReadonlyArray<DescriptorDifference> => {
  if (before !== undefined && after !== undefined && isSame(before.file, after.file, inodes)) {
    const changes = changesOf(
      { ...factsOf(before.file), closeOnExec: before.closeOnExec },
      { ...factsOf(after.file), closeOnExec: after.closeOnExec }
    )
    return changes.length === 0 ? [] : [{ fate: "changed", ...shown(after), changes }]
  }
  return [
    ...(before === undefined ? [] : [{ fate: "closed" as const, ...shown(before), changes: [] }]),
    ...(after === undefined ? [] : [{ fate: "opened" as const, ...shown(after), changes: [] }])
  ]
}

const shown = ({ descriptor, file }: Descriptor) => ({ descriptor, kind: file.kind, name: nameOf(file) })
