/**
 * What is asked of CRIU, as data: the arguments of one call (criu(8)).
 *
 * Pure: nothing is started here.
 */
import * as Either from "effect/Either"
import { OptionUnsupported } from "../../domain/CheckpointError.ts"
import type { CreateOptions, CriuOptions, RestoreOptions } from "../../domain/CheckpointOptions.ts"
import { runtimeName } from "./CriuSettings.ts"

/** What a dump is given beside its options. */
export interface DumpPlan {
  /** The root process, as CRIU sees it. */
  readonly pid: number
  readonly imagePath: string
  readonly workPath: string
  /** Relative to the image path, as CRIU wants it. */
  readonly parentPath?: string
  /** What the processes are left as. */
  readonly after: "running" | "stopped" | "ended"
  /** Have the kernel note from now on what changes, so that a later checkpoint can build on this one. */
  readonly trackMemory: boolean
  /** CRIU has not all rights of root. */
  readonly unprivileged: boolean
  readonly options: CreateOptions
}

/** What a restore is given beside its options. */
export interface RestorePlan {
  readonly imagePath: string
  readonly workPath: string
  /** The file that the root's pid is written to. */
  readonly pidFile: string
  /** What the processes are left as. */
  readonly after: "running" | "stopped"
  readonly unprivileged: boolean
  readonly options: RestoreOptions
}

/** The arguments of a dump. */
export const dump = (plan: DumpPlan): ReadonlyArray<string> => [
  "dump",
  ...common(plan, "dump.log"),
  ...ofTree(plan),
  ...(plan.after === "running" ? ["--leave-running"] : plan.after === "stopped" ? ["--leave-stopped"] : []),
  ...(plan.parentPath === undefined ? [] : ["--prev-images-dir", plan.parentPath]),
  ...(plan.trackMemory ? ["--track-mem"] : []),
  ...flags(plan.options)
]

/** The arguments that copy the memory of a tree that goes on. */
export const preDump = (
  plan: Pick<DumpPlan, "pid" | "imagePath" | "workPath" | "unprivileged" | "options">
): ReadonlyArray<string> => [
  "pre-dump",
  ...common(plan, "dump.log"),
  ...ofTree(plan),
  "--track-mem",
  ...flags(plan.options)
]

/** The arguments of a restore. */
export const restore = (plan: RestorePlan): ReadonlyArray<string> => [
  "restore",
  ...common(plan, "restore.log"),
  "--restore-detached",
  `--pidfile=${plan.pidFile}`,
  ...(plan.after === "stopped" ? ["--leave-stopped"] : []),
  ...(plan.options.lazyPages === true ? ["--lazy-pages"] : []),
  ...flags(plan.options)
]

/** Refuses what CRIU cannot be asked for. */
export const check = (options: CreateOptions | RestoreOptions): Either.Either<void, OptionUnsupported> => {
  const refuse = (option: string, detail: string, supportedBy: ReadonlyArray<string> = []) =>
    Either.left(new OptionUnsupported({ option, runtime: runtimeName, detail, supportedBy }))
  if (options.linkRemap === true) {
    return refuse(
      "linkRemap",
      "CRIU deletes the link that it makes, so that the checkpoint could be restored once at the most"
    )
  }
  if (options.tcpEstablished === true && options.tcpClose === true) {
    return refuse("tcpClose", 'it contradicts "tcpEstablished", choose one of them')
  }
  const foreign = (options.emptyNamespaces ?? []).find((name) => name !== "network")
  if (foreign !== undefined) return refuse("emptyNamespaces", `CRIU knows only "network", not "${foreign}"`)
  if ("oci" in options && options.oci !== undefined) {
    return refuse("oci", "processes have no bundle and no console", ["runc", "crun"])
  }
  return Either.void
}

// Messages of this level say how a dump or a restore has ended, and are few.
const common = (
  plan: { readonly imagePath: string; readonly workPath: string; readonly unprivileged: boolean },
  log: string
): ReadonlyArray<string> => [
  `--images-dir=${plan.imagePath}`,
  `--work-dir=${plan.workPath}`,
  `--log-file=${log}`,
  "-v3",
  ...(plan.unprivileged ? ["--unprivileged"] : [])
]

const ofTree = ({ pid }: Pick<DumpPlan, "pid">): ReadonlyArray<string> => ["--tree", String(pid)]

const flags = (options: CreateOptions | RestoreOptions): ReadonlyArray<string> => [
  ...ofCriu(options),
  ...(options.tcpClose === true ? ["--tcp-close"] : []),
  ...(options.timeout === undefined ? [] : ["--timeout", String(Math.max(1, Math.ceil(options.timeout / 1000)))])
]

const ofCriu = (options: CriuOptions): ReadonlyArray<string> => [
  ...(options.tcpEstablished === true ? ["--tcp-established"] : []),
  ...(options.externalUnixSockets === true ? ["--ext-unix-sk"] : []),
  ...(options.shellJob === true ? ["--shell-job"] : []),
  ...(options.fileLocks === true ? ["--file-locks"] : []),
  ...(options.ghostLimit === undefined ? [] : ["--ghost-limit", String(options.ghostLimit)]),
  // A tree has no control groups of its own: by default it is restored into those of whoever restores it.
  `--manage-cgroups=${options.manageCgroupsMode ?? "ignore"}`,
  ...(options.emptyNamespaces ?? []).flatMap(() => ["--empty-ns", "net"])
]
