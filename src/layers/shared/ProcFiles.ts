/**
 * The files that processes hold open, and what stands against a checkpoint in them: locks, names that are gone, mounts
 * that the container does not have, terminals, devices.
 */
import type { Depth, FileLock, Resource } from "../../domain/Survey.ts"
import * as KernelFile from "./KernelFile.ts"
import * as ProcDescriptors from "./ProcDescriptors.ts"
import * as ProcMaps from "./ProcMaps.ts"

/** What the runtime does for the processes, beside CRIU. */
export interface Care {
  /** It tells CRIU to keep terminals whose master is outside, as long as they are on the container's own file system. */
  readonly ofTerminals?: boolean
  /** It has CRIU among the mounts of the processes, where files from elsewhere were seen to be kept: they are no finding. */
  readonly ofMounts?: boolean
}

/** What of the open files a checkpoint may stumble over. */
export const resources = (
  pids: ReadonlyArray<number>,
  descriptors: ReadonlyArray<ProcDescriptors.Descriptor>,
  depth: Depth,
  care: Care
): ReadonlyArray<Resource> => {
  const mounts = mountsOf(pids)
  const all = descriptors.flatMap(look)
  const elsewhere = care.ofMounts === true ? [] : all.filter((file) => isOutside(file, mounts))
  const files = all.filter((file) => !elsewhere.includes(file))
  const slaves = new Set(files.flatMap(({ inode }) => isPseudo(inode) ? [inode.dev] : []))
  const shown = new Set(
    files.flatMap(({ info, inode }) =>
      isMaster(inode) && info.terminal !== undefined
        // One that was opened through a node of the machine's own /dev does not show of which file system its terminals are.
        ? [terminalKey(slaves.has(inode.dev) ? inode.dev : undefined, info.terminal)]
        : []
    )
  )
  return [
    ...descriptors.flatMap((one) => foreign(one, pids, depth)),
    ...elsewhere.map(outside),
    ...files.flatMap(device),
    ...files.flatMap((file) => care.ofTerminals === true && isOn(file, mounts) ? [] : terminal(file, shown)),
    ...files.flatMap(deleted),
    ...files.flatMap(locks(ProcMaps.mappedIn()))
  ]
}

interface OpenFile extends ProcDescriptors.Descriptor {
  readonly inode: NonNullable<ReturnType<typeof KernelFile.inode>>
  readonly info: ProcDescriptors.DescriptorInfo
}

/** What has a path. What the kernel keeps in memory for a descriptor has one too, and is on no mount of anybody. */
const look = (descriptor: ProcDescriptors.Descriptor): ReadonlyArray<OpenFile> => {
  if (!descriptor.link.startsWith("/") || descriptor.link.startsWith("/memfd:")) return []
  const inode = KernelFile.inode(`/proc/${descriptor.pid}/fd/${descriptor.descriptor}`)
  const info = ProcDescriptors.info(descriptor)
  return inode === undefined || info === undefined ? [] : [{ ...descriptor, inode, info }]
}

/** The ids of all mounts of these processes. One that has changed its root sees only those below that. */
const mountsOf = (pids: ReadonlyArray<number>): ReadonlySet<string> => {
  const views = new Map<string, string>()
  for (const pid of pids) {
    const view = `${KernelFile.link(`/proc/${pid}/ns/mnt`)} ${KernelFile.link(`/proc/${pid}/root`)}`
    // One that has ended meanwhile has no mounts to tell of, and another one of the same view has.
    const mounts = views.has(view) ? undefined : KernelFile.read(`/proc/${pid}/mountinfo`)
    if (mounts !== undefined && mounts !== "") views.set(view, mounts)
  }
  return new Set(
    [...views.values()].flatMap((mounts) => mounts.split("\n").map((line) => line.slice(0, line.indexOf(" "))))
  )
}

/** CRIU looks at the kind of a device before it looks for its mount. */
const isOutside = (file: OpenFile, mounts: ReadonlySet<string>): boolean =>
  !isOn(file, mounts) && device(file).length === 0

const isOn = ({ info }: OpenFile, mounts: ReadonlySet<string>): boolean =>
  info.mount === undefined || mounts.has(info.mount)

const outside = ({ descriptor, link, pid }: OpenFile): Resource => ({
  _tag: "OutsideFile",
  pid,
  descriptor,
  path: link
})

const device = ({ descriptor, inode, link, pid }: OpenFile): ReadonlyArray<Resource> => {
  const isKnown = inode.isCharacterDevice()
    ? majorOf(inode.rdev) === memoryMajor || isTerminal(inode) ||
      (majorOf(inode.rdev) === miscMajor && minorOf(inode.rdev) === tunMinor)
    : !inode.isBlockDevice()
  return isKnown
    ? []
    : [{ _tag: "Device", pid, descriptor, path: link, major: majorOf(inode.rdev), minor: minorOf(inode.rdev) }]
}

/** The end of a terminal that programs use is shown by whoever has the other end, its master. */
const terminal = (
  { descriptor, inode, link, pid }: OpenFile,
  shown: ReadonlySet<string>
): ReadonlyArray<Resource> => {
  if (!isTerminal(inode) || isMaster(inode) || majorOf(inode.rdev) === auxiliaryMajor) return []
  const number = minorOf(inode.rdev)
  const isInside = isPseudo(inode) &&
    (shown.has(terminalKey(inode.dev, number)) || shown.has(terminalKey(undefined, number)))
  return [{ _tag: "Terminal", pid, descriptor, path: link, from: isInside ? "inside" : "outside" }]
}

const deleted = ({ descriptor, inode, link, pid }: OpenFile): ReadonlyArray<Resource> =>
  inode.isFile() && (inode.nlink === 0 || link.endsWith(gone))
    ? [{
      _tag: "DeletedFile",
      pid,
      descriptor,
      path: link.endsWith(gone) ? link.slice(0, -gone.length) : link,
      // CRIU carries the parts that are there, and counts those.
      bytes: inode.blocks * 512,
      links: inode.nlink
    }]
    : []

const locks =
  (isMapped: ReturnType<typeof ProcMaps.mappedIn>) =>
  ({ descriptor, info, link, pid }: OpenFile): ReadonlyArray<Resource> =>
    info.locks.flatMap(({ file, kind }): ReadonlyArray<FileLock> => {
      const known = lockKinds[kind]
      return known === undefined ? [] : [{
        _tag: "FileLock",
        pid,
        descriptor,
        kind: known,
        path: link,
        mapped: (known === "POSIX" || known === "LEASE") && isMapped(pid, { file, path: link })
      }]
    })

const lockKinds: Readonly<Record<string, FileLock["kind"]>> = {
  POSIX: "POSIX",
  FLOCK: "FLOCK",
  OFDLCK: "OFD",
  LEASE: "LEASE"
}

/** What the kernel makes of no file: `anon_inode:<kind>`. */
const foreign = (
  { descriptor, link, pid }: ProcDescriptors.Descriptor,
  pids: ReadonlyArray<number>,
  depth: Depth
): ReadonlyArray<Resource> => {
  const kind = /^anon_inode:\[?([^\]]*)\]?$/.exec(link)?.[1]
  if (kind === "timerfd") {
    return ProcDescriptors.info({ pid, descriptor, link })?.repeats === true
      ? [{ _tag: "RepeatingTimer", pid, descriptor }]
      : []
  }
  if (kind === "eventfd") {
    return ProcDescriptors.info({ pid, descriptor, link })?.isSemaphore === true
      ? [{ _tag: "EventSemaphore", pid, descriptor }]
      : []
  }
  if (kind === undefined || knownKinds.has(kind) || (depth === "quick" && builtIn.has(kind))) return []
  if (kind !== "pidfd") return [{ _tag: "ForeignDescriptor", pid, descriptor, kind }]
  const process = ProcDescriptors.info({ pid, descriptor, link })?.process
  return process === undefined || process < 0 || pids.includes(process)
    ? []
    : [{ _tag: "ForeignDescriptor", pid, descriptor, kind: "pidfd of a process outside of it" }]
}

/** CRIU's sources, `dump_one_file` in criu/files.c. */
const knownKinds = new Set(["eventfd", "eventpoll", "inotify", "fanotify", "signalfd", "timerfd"])

/** Known to a CRIU that was built with more than most are. */
const builtIn = new Set(["bpf-map"])

const gone = " (deleted)"

type Inode = OpenFile["inode"]

const isTerminal = (inode: Inode): boolean =>
  inode.isCharacterDevice() &&
  (majorOf(inode.rdev) === consoleMajor || majorOf(inode.rdev) === auxiliaryMajor || isPseudo(inode))

const isPseudo = (inode: Inode): boolean =>
  inode.isCharacterDevice() && majorOf(inode.rdev) >= pseudoMajor && majorOf(inode.rdev) < pseudoMajor + 8

const isMaster = (inode: Inode): boolean =>
  inode.isCharacterDevice() && majorOf(inode.rdev) === auxiliaryMajor && minorOf(inode.rdev) === masterMinor

/** A terminal's number counts within its own file system. */
const terminalKey = (device: number | undefined, index: number): string => `${device ?? "any"} ${index}`

// Linux's Documentation/admin-guide/devices.txt.
const memoryMajor = 1
const consoleMajor = 4
const auxiliaryMajor = 5
const masterMinor = 2
const miscMajor = 10
const tunMinor = 200
const pseudoMajor = 136

const majorOf = (device: number): number => (device >>> 8) & 0xfff
const minorOf = (device: number): number => (device & 0xff) | ((device >>> 12) & 0xfff00)
