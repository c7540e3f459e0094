/**
 * Which rights CRIU has when it is started by this process, and what the missing ones mean (capabilities(7), criu(8)
 * "UNPRIVILEGED MODE").
 *
 * It looks and never acts.
 */
import process from "node:process"
import type { Finding } from "../../domain/Capabilities.ts"
import type { MissingRight } from "../../domain/Survey.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import { isUnprivileged } from "./CriuCall.ts"

/** The bits of capabilities, as the kernel numbers them. */
const bits = { CAP_SETPCAP: 8n, CAP_SYS_RESOURCE: 24n, CAP_CHECKPOINT_RESTORE: 40n } as const

/**
 * What the rights allow.
 *
 * @param passes CRIU's own check for this user has passed: the program has the right that it needs
 */
export const finding = (passes: boolean): Finding => {
  const own = read("self", "CapEff")
  if (!isUnprivileged()) {
    return has(own, "CAP_SYS_RESOURCE") ? { subject: "rights", verdict: "ok", detail: "those of root" } : {
      subject: "rights",
      verdict: "limited",
      detail: "those of root without CAP_SYS_RESOURCE: only processes of root can be checkpointed",
      remedy: "run it with that capability, or as the user of the processes"
    }
  }
  const user = `user ${process.geteuid?.() ?? "unknown"}`
  if (!passes) {
    return {
      subject: "rights",
      verdict: "missing",
      detail: `${user} is not root and CRIU has not CAP_CHECKPOINT_RESTORE`,
      remedy:
        'run it as root, or, as root, allow CRIU to be run by others: setcap cap_checkpoint_restore+eip "$(command -v criu)"'
    }
  }
  return {
    subject: "rights",
    verdict: "limited",
    detail: `${user} with CAP_CHECKPOINT_RESTORE: only its own processes, and none of other namespaces` +
      (has(own, "CAP_SETPCAP") || isWhole(read("self", "CapBnd"))
        ? ""
        : "; they can be restored only with CAP_SETPCAP, for this machine withholds capabilities from all processes"),
    remedy: "run it as root for everything else"
  }
}

/** The rights that a restore of these processes would lack, so that a checkpoint of them could be made and never be used. */
export const missingAtRestore = (pids: ReadonlyArray<number>): ReadonlyArray<MissingRight> =>
  !isUnprivileged() || has(read("self", "CapEff"), "CAP_SETPCAP")
    ? []
    : pids.filter((pid) => !isWhole(read(pid, "CapBnd")))
      .map((pid) => ({ _tag: "MissingRight", pid, right: "CAP_SETPCAP", at: "restore" }))

/** A set of capabilities of a process; empty when it cannot be seen. */
const read = (pid: number | "self", set: "CapEff" | "CapBnd"): bigint => {
  const found = new RegExp(`^${set}:\\s+([0-9a-f]+)$`, "m").exec(KernelFile.read(`/proc/${pid}/status`) ?? "")?.[1]
  return found === undefined ? 0n : BigInt(`0x${found}`)
}

const has = (set: bigint, name: keyof typeof bits): boolean => (set >> bits[name] & 1n) === 1n

/** Whether a set holds every capability that this kernel knows. */
const isWhole = (set: bigint): boolean => {
  const last = KernelFile.read("/proc/sys/kernel/cap_last_cap")?.trim() ?? "40"
  return set === (1n << (BigInt(last) + 1n)) - 1n
}
