/**
 * Which options of ours containerd can hand on to CRIU: at a dump by the shim's own options, at a restore by a configuration file
 * of CRIU, for the shim hands none on there.
 *
 * Pure. What cannot be expressed is refused before anything is touched, and by the checkpoint already where the restore could not.
 */
import * as Either from "effect/Either"
import { OptionUnsupported } from "../../domain/CheckpointError.ts"
import type { CreateOptions, CriuOptions, RestoreOptions } from "../../domain/CheckpointOptions.ts"
import type { DumpRequest } from "../../effects/Runtime.ts"
import type * as CriuConfig from "../shared/CriuConfig.ts"
import { runtimeName } from "./ContainerdSettings.ts"
import type { CheckpointOptions } from "./RuncOptions.ts"

/** Options that cannot be used, each with the reason, as the capabilities show them. */
export const unsupported: Readonly<Record<string, string>> = {
  tcpClose: "containerd has no such option at a checkpoint",
  linkRemap: "a checkpoint with it could be restored once at the most",
  ghostLimit: "containerd has no such option",
  manageCgroupsMode: "containerd's shim takes no notice of it",
  emptyNamespaces: "containerd hands it on at a checkpoint only, and a restore needs it as well",
  parentPath: "containerd hands no parent on to its shim",
  preDump: "containerd has no such call",
  lazyPages: "containerd's shim has no such option",
  oci: "containerd makes the bundle, the streams and the terminal itself",
  criu: "it is for plain processes"
}

/** Refuses what cannot be expressed. */
export const check = (options: CreateOptions | RestoreOptions): Either.Either<void, OptionUnsupported> => {
  for (const [option, value] of Object.entries(options)) {
    const detail = unsupported[option]
    if (detail === undefined || value === undefined || value === false) continue
    if (Array.isArray(value) && value.length === 0) continue
    return Either.left(
      new OptionUnsupported({ option, runtime: runtimeName, detail, supportedBy: supportedBy[option] ?? [] })
    )
  }
  return Either.void
}

/** What the shim is asked for at a dump. */
export const ofDump = ({ after, imagePath, options, workPath }: DumpRequest): CheckpointOptions => ({
  exit: after === "stopped",
  openTcp: options.tcpEstablished === true,
  externalUnixSockets: options.externalUnixSockets === true,
  terminal: options.shellJob === true,
  fileLocks: options.fileLocks === true,
  imagePath,
  workPath
})

/** What CRIU is asked for at a restore. */
export const ofRestore = (options: Pick<RestoreOptions, "timeout"> & CriuOptions): CriuConfig.Options => ({
  ...(options.tcpEstablished === true ? { "tcp-established": true } : {}),
  ...(options.externalUnixSockets === true ? { "ext-unix-sk": true } : {}),
  ...(options.shellJob === true ? { "shell-job": true } : {}),
  ...(options.fileLocks === true ? { "file-locks": true } : {}),
  ...(options.timeout === undefined ? {} : { timeout: Math.max(1, Math.ceil(options.timeout / 1000)) })
})

const supportedBy: Readonly<Record<string, ReadonlyArray<string>>> = {
  tcpClose: ["runc", "crun"],
  ghostLimit: ["runc", "crun"],
  manageCgroupsMode: ["crun"],
  emptyNamespaces: ["runc"],
  parentPath: ["runc"],
  preDump: ["runc", "crun"],
  lazyPages: ["runc", "crun"],
  oci: ["runc", "crun"],
  criu: ["criu"]
}
