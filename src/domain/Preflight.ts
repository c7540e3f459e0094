/**
 * Whether a checkpoint would succeed, which options it needs, and why: a survey of the live processes, judged.
 *
 * Pure. It knows of CRIU what its sources and trials say; what it cannot be certain of is a notice.
 */
import * as Schema from "effect/Schema"
import { FailureReason } from "./CheckpointError.ts"
import { CreateOptions } from "./CheckpointOptions.ts"
import * as Obstacle from "./Obstacle.ts"
import type { FileLock, Resource, Survey } from "./Survey.ts"

/**
 * What a finding means: `blocked`, no option helps; `option`, one does; `silent`, CRIU would report success and the restored
 * program would be broken; `notice`, it does not stand against the checkpoint.
 */
export const Verdict = Schema.Literal("blocked", "option", "silent", "notice")
/** What a finding means. */
export type Verdict = typeof Verdict.Type

/** One thing that was found. */
export const Finding = Schema.Struct({
  verdict: Verdict,
  reason: FailureReason,
  /** A checkpoint with the given options fails for it, or is refused. */
  stands: Schema.Boolean,
  pid: Schema.optional(Schema.Int),
  /** The name of that process. */
  process: Schema.optional(Schema.String),
  detail: Schema.String,
  /** The option that allows it, by its name in `CreateOptions`. */
  option: Schema.optional(Schema.String),
  hint: Schema.optional(Schema.String)
})
/** One thing that was found. */
export type Finding = typeof Finding.Type

/** Options that a checkpoint can need for what its processes hold: a part of `CreateOptions`. */
export const NeededOptions = CreateOptions.pick(
  "tcpEstablished",
  "tcpClose",
  "externalUnixSockets",
  "shellJob",
  "fileLocks",
  "linkRemap",
  "ghostLimit"
)
/** Options that a checkpoint can need for what its processes hold. */
export type NeededOptions = typeof NeededOptions.Type

/** What would become of a checkpoint. */
export const Preflight = Schema.Struct({
  /** It would succeed with the given options, as far as can be seen. */
  possible: Schema.Boolean,
  /** The options that it needs, given or not. */
  options: NeededOptions,
  /** What was found; what cannot be cured comes first. */
  findings: Schema.Array(Finding),
  /** The memory that it would hold, about, in bytes. */
  bytes: Schema.Number,
  /** Bytes that are free where it would be written; absent where that was not looked at. */
  free: Schema.optional(Schema.Number)
})
/** What would become of a checkpoint. */
export type Preflight = typeof Preflight.Type

/** What is known beside the processes. */
export interface Circumstances {
  /** Bytes that are free where the checkpoint would be written. */
  readonly free?: number
  /** Options that the runtime refuses, each with the reason. */
  readonly unsupported?: Readonly<Record<string, string>>
}

/** CRIU's own limit on deleted files, in bytes (`--ghost-limit`). */
export const defaultGhostLimit = 1_048_576

/** Judges what was seen. */
export const judge = (survey: Survey, options: CreateOptions, known: Circumstances = {}): Preflight => {
  const names = new Map(survey.processes.map(({ name, pid }) => [pid, name]))
  const seen = survey.resources.flatMap((resource) => {
    const process = names.get(resource.pid)
    const at = { pid: resource.pid, ...(process === undefined ? {} : { process }) }
    return assess(resource, options, known).map((found) => ({ ...found, ...at }))
  })
  const cramped = known.free !== undefined && known.free < survey.bytes
    ? [finding("blocked", Obstacle.noRoom(survey.bytes, known.free), true)]
    : []
  const unseen = survey.unseen.map((detail) => finding("notice", { reason: "Unknown", detail }, false))
  const findings = unique([...seen, ...cramped, ...unseen]).sort((a, b) => rank[a.verdict] - rank[b.verdict])
  return {
    possible: !findings.some(({ stands }) => stands),
    options: needed(survey, findings, options),
    findings,
    bytes: survey.bytes,
    ...(known.free === undefined ? {} : { free: known.free })
  }
}

/** The first finding that stands against the checkpoint. */
export const refusal = (preflight: Preflight): Finding | undefined => preflight.findings.find(({ stands }) => stands)

type Judged = Omit<Finding, "pid" | "process">

const rank: Record<Verdict, number> = { blocked: 0, option: 1, silent: 2, notice: 3 }

/** What one thing means. */
const assess = (resource: Resource, options: CreateOptions, known: Circumstances): ReadonlyArray<Judged> => {
  const blocked = (obstacle: Obstacle.Obstacle) => [finding("blocked", obstacle, true)]
  const optional = (obstacle: Obstacle.Obstacle, given: boolean) => {
    const refused = obstacle.option === undefined ? undefined : known.unsupported?.[obstacle.option]
    if (given || refused === undefined) return [finding("option", obstacle, !given)]
    const { detail, reason } = obstacle
    return blocked({ reason, detail: `${detail}, and option "${obstacle.option}" cannot be used: ${refused}` })
  }
  switch (resource._tag) {
    case "TcpConnection":
      return resource.state === "Accepting" ? blocked(Obstacle.waitingTcp(resource.local)) : optional(
        Obstacle.establishedTcp(`${resource.local} to ${resource.remote}`),
        options.tcpEstablished === true || options.tcpClose === true
      )
    case "UnixSocket":
      return resource.peer === "inside"
        ? []
        : resource.peer === "elsewhere"
        ? blocked(Obstacle.foreignSocket(resource.path))
        : resource.type === "datagram"
        ? optional(Obstacle.externalDatagram(resource.path), options.externalUnixSockets === true)
        : blocked(Obstacle.externalStream(resource.path))
    case "FileLock":
      return [
        ...optional(Obstacle.fileLock(resource.path), options.fileLocks === true),
        ...lost(resource).map((obstacle) => finding("silent", obstacle, options.force !== true))
      ]
    case "DeletedFile":
      return resource.links > 0
        ? optional(Obstacle.lostName(resource.path), options.linkRemap === true)
        : resource.bytes <= defaultGhostLimit && resource.bytes <= (options.ghostLimit ?? defaultGhostLimit)
        ? []
        : optional(
          Obstacle.ghostFile(resource.path, resource.bytes),
          resource.bytes <= (options.ghostLimit ?? defaultGhostLimit)
        )
    case "Terminal":
      return resource.from === "inside" ? [] : optional(Obstacle.terminal(resource.path), options.shellJob === true)
    case "ForeignSession":
      return optional(Obstacle.foreignSession(resource.pid), options.shellJob === true)
    case "OutsideFile":
      return blocked(Obstacle.outside(resource.descriptor, resource.path))
    case "Device":
      return blocked(
        Obstacle.unknownDescriptor(resource.descriptor, `${resource.path}, device ${resource.major}:${resource.minor}`)
      )
    case "HalfPipe":
      return [finding("notice", halfPipe(resource.descriptor, resource.end), false)]
    case "ForeignDescriptor":
      return blocked(Obstacle.unknownDescriptor(resource.descriptor, resource.kind))
    case "RepeatingTimer":
      return [finding("notice", Obstacle.repeatingTimer(resource.descriptor), false)]
    case "EventSemaphore":
      return [finding("silent", Obstacle.eventSemaphore(resource.descriptor), options.force !== true)]
    case "Traced":
      return blocked(Obstacle.traced(resource.pid, resource.tracer))
    case "NestedNamespace":
      return blocked(Obstacle.nestedNamespace(resource.pid, resource.kind))
    case "SharedMemory":
      return blocked(Obstacle.sharedMemory(resource.pid))
    case "MissingRight":
      return blocked(
        resource.at === "restore"
          ? Obstacle.unrestorable(resource.pid, resource.right)
          : Obstacle.missingRight(resource.right)
      )
    case "LinkedMount":
      return blocked(Obstacle.linkedMount(resource.destination, resource.source))
    case "RemovedWhenStopped":
      return options.leaveRunning === true ? [] : blocked(Obstacle.removedWhenStopped)
  }
}

/**
 * CRIU maps files after it has taken the locks again, and the kernel drops the POSIX locks of a process that closes any
 * descriptor of the file. Other locks belong to the open file: tried with all kinds, mapped shared, private and read-only.
 */
const lost = ({ kind, mapped, path }: FileLock): ReadonlyArray<Obstacle.Obstacle> =>
  !mapped ? [] : kind === "POSIX" ? [Obstacle.lostLock(path)] : kind === "LEASE" ? [Obstacle.lostLease(path)] : []

const halfPipe = (descriptor: number, end: "read" | "write"): Obstacle.Obstacle => ({
  reason: "ExternalResource",
  detail:
    `its descriptor ${descriptor} is the ${end} end of a pipe whose other end is not in it: after a restore nobody ` +
    (end === "read" ? "writes to it" : "reads from it")
})

const finding = (verdict: Verdict, { detail, hint, option, reason }: Obstacle.Obstacle, stands: boolean): Judged => ({
  verdict,
  reason,
  stands,
  detail,
  ...(option === undefined ? {} : { option }),
  ...(hint === undefined ? {} : { hint })
})

const needed = (survey: Survey, findings: ReadonlyArray<Judged>, options: CreateOptions): NeededOptions => {
  const wanted = new Set(findings.filter(({ verdict }) => verdict === "option").map(({ option }) => option))
  const ghosts = survey.resources.flatMap((one) => one._tag === "DeletedFile" && one.links === 0 ? [one.bytes] : [])
  return {
    ...(wanted.has("tcpEstablished") ? options.tcpClose === true ? { tcpClose: true } : { tcpEstablished: true } : {}),
    ...(wanted.has("externalUnixSockets") ? { externalUnixSockets: true } : {}),
    ...(wanted.has("shellJob") ? { shellJob: true } : {}),
    ...(wanted.has("fileLocks") ? { fileLocks: true } : {}),
    ...(wanted.has("linkRemap") ? { linkRemap: true } : {}),
    ...(wanted.has("ghostLimit") ? { ghostLimit: Math.max(...ghosts) } : {})
  }
}

/** A file description that processes share is seen at each of them, and says the same. */
const unique = (findings: ReadonlyArray<Finding>): Array<Finding> => {
  const seen = new Set<string>()
  return findings.filter(({ detail, pid, verdict }) => {
    const key = `${verdict} ${pid} ${detail}`
    return !seen.has(key) && seen.add(key).size > 0
  })
}
