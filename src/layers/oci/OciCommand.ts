/**
 * What is asked of a runtime, as data: the arguments of one call and, for what the runtime has no flag for, the
 * options of CRIU's configuration file.
 *
 * Pure: nothing is started here. Flags are those of runc 1.1 and crun 1.21 (`runc checkpoint --help`).
 */
import * as Either from "effect/Either"
import { OptionUnsupported } from "../../domain/CheckpointError.ts"
import type { CreateOptions, CriuOptions, RestoreOptions } from "../../domain/CheckpointOptions.ts"
import type * as CriuConfig from "../shared/CriuConfig.ts"
import type { RuntimeName } from "./OciSettings.ts"

/** One call of a runtime. */
export interface Command {
  /** The subcommand and its arguments; what is the same for every call is put before them. */
  readonly args: ReadonlyArray<string>
  readonly criu: CriuConfig.Options
}

/** What a dump is given beside its options. */
export interface CheckpointPlan {
  readonly id: string
  readonly imagePath: string
  readonly workPath: string
  /** Relative to the image path, as CRIU wants it. */
  readonly parentPath?: string
  readonly leaveRunning: boolean
  /** Have the kernel note from now on what changes, so that a later checkpoint can build on this one. */
  readonly trackMemory: boolean
  readonly options: CreateOptions
}

/** What a restore is given beside its options. */
export interface RestorePlan {
  readonly id: string
  readonly imagePath: string
  readonly workPath: string
  readonly bundle: string
  readonly options: RestoreOptions
}

/** The call that dumps a container. */
export const checkpoint = (runtime: RuntimeName, plan: CheckpointPlan): Command => ({
  args: [
    "checkpoint",
    "--image-path",
    plan.imagePath,
    "--work-path",
    plan.workPath,
    ...(plan.parentPath === undefined ? [] : ["--parent-path", plan.parentPath]),
    ...(plan.leaveRunning ? ["--leave-running"] : []),
    ...flags(runtime, plan.options),
    plan.id
  ],
  criu: {
    ...settings(plan.options),
    ...(plan.trackMemory ? { "track-mem": true as const } : {}),
    ...(plan.options.ghostLimit === undefined ? {} : { "ghost-limit": plan.options.ghostLimit })
  }
})

/** The call that copies the memory of a container that goes on. */
export const preDump = (
  runtime: RuntimeName,
  plan: Pick<CheckpointPlan, "id" | "imagePath" | "workPath" | "options">
): Command => ({
  args: [
    "checkpoint",
    "--pre-dump",
    "--image-path",
    plan.imagePath,
    "--work-path",
    plan.workPath,
    ...flags(runtime, plan.options),
    plan.id
  ],
  criu: settings(plan.options)
})

/** The call that restores a container. */
export const restore = (runtime: RuntimeName, plan: RestorePlan): Command => {
  const { consoleSocket, pidFile } = plan.options.oci ?? {}
  return {
    args: [
      "restore",
      "--detach",
      "--bundle",
      plan.bundle,
      "--image-path",
      plan.imagePath,
      "--work-path",
      plan.workPath,
      ...(consoleSocket === undefined ? [] : ["--console-socket", consoleSocket]),
      ...(pidFile === undefined ? [] : ["--pid-file", pidFile]),
      ...(plan.options.lazyPages === true && runtime === "runc" ? ["--lazy-pages"] : []),
      ...flags(runtime, plan.options),
      plan.id
    ],
    criu: {
      ...settings(plan.options),
      // crun has no flag for it.
      ...(plan.options.lazyPages === true && runtime === "crun" ? { "lazy-pages": true as const } : {})
    }
  }
}

/** Refuses what neither a flag nor CRIU's configuration can express. */
export const check = (
  runtime: RuntimeName,
  options: CreateOptions | RestoreOptions
): Either.Either<void, OptionUnsupported> => {
  const refuse = (option: string, detail: string, supportedBy: ReadonlyArray<string> = []) =>
    Either.left(new OptionUnsupported({ option, runtime, detail, supportedBy }))
  if (options.linkRemap === true) {
    return refuse(
      "linkRemap",
      "CRIU deletes the link that it makes, so that the checkpoint could be restored once at the most"
    )
  }
  if (options.manageCgroupsMode === "ignore" && runtime === "runc") {
    return refuse("manageCgroupsMode", 'it does not have the mode "ignore"', ["crun"])
  }
  if (options.tcpEstablished === true && options.tcpClose === true) {
    return refuse("tcpClose", 'it contradicts "tcpEstablished", choose one of them')
  }
  if ("criu" in options && options.criu !== undefined) {
    return refuse("criu", "it is for plain processes, a container has pids and a terminal of its own", ["criu"])
  }
  const foreign = (options.emptyNamespaces ?? []).find((name) => name !== "network")
  if (foreign !== undefined) return refuse("emptyNamespaces", `CRIU knows only "network", not "${foreign}"`)
  if ((options.emptyNamespaces ?? []).length > 0 && runtime === "crun") {
    return refuse("emptyNamespaces", "it has no such flag", ["runc"])
  }
  return Either.void
}

const flags = (runtime: RuntimeName, options: CriuOptions): ReadonlyArray<string> => {
  // Without it, CRIU makes the cgroups of a whole tree again at a restore under crun, on hosts with version 1 as well.
  const cgroups = options.manageCgroupsMode ?? (runtime === "crun" ? "ignore" : undefined)
  return [
    ...(options.tcpEstablished === true ? ["--tcp-established"] : []),
    ...(options.externalUnixSockets === true ? ["--ext-unix-sk"] : []),
    ...(options.shellJob === true ? ["--shell-job"] : []),
    ...(options.fileLocks === true ? ["--file-locks"] : []),
    ...(cgroups === undefined ? [] : [`--manage-cgroups-mode=${cgroups}`]),
    ...(options.emptyNamespaces ?? []).flatMap((name) => ["--empty-ns", name])
  ]
}

const settings = (options: CreateOptions | RestoreOptions): CriuConfig.Options => ({
  ...(options.tcpClose === true ? { "tcp-close": true } : {}),
  ...(options.timeout === undefined ? {} : { timeout: Math.max(1, Math.ceil(options.timeout / 1000)) })
})
