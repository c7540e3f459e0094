/**
 * The pure decision of recover: what becomes of the staging folder and of the container of a create whose
 * process, and the CRIU it started, are gone.
 */
import { type Container, isLive, isSameProcess } from "./Container.ts"
import type { Intent } from "./Intent.ts"

/** What was found in place of a finished create. */
export interface Leftover {
  readonly intent: Intent
  /** Whether any image is in the staging folder: CRIU was started. */
  readonly begun: boolean
  /** Whether `inventory.img`, the last image that CRIU writes, is in the staging folder. */
  readonly dumped: boolean
  /** Whether the images are known to be on the device, whatever the kernel has forgotten since. */
  readonly synced: boolean
  /** Whether the machine was started anew since: what was not synced may be torn. */
  readonly rebooted: boolean
  /** Whether the checkpoint was published by this very operation. */
  readonly published: boolean
  /** The container now; `undefined` when the runtime does not know it. */
  readonly container: Container | undefined
}

/** What to do about a leftover. */
export interface RecoveryPlan {
  /** `publish`: it may be the one copy of a container. `keep`: it may be, but may be torn: a person decides. */
  readonly images: "publish" | "discard" | "keep"
  /** The container stands still because of us, and goes on. */
  readonly resume: boolean
}

/** Decides what to do about a leftover. */
export const decide = (leftover: Leftover): RecoveryPlan => {
  const { container, intent } = leftover
  const same = container !== undefined && isLive(container) &&
    isSameProcess(container.process, intent.container.process)
  const resume = same && container.state === "paused" && !intent.paused
  if (leftover.published || same) return { images: "discard", resume }
  const whole = leftover.dumped && (leftover.synced || !leftover.rebooted)
  return {
    images: whole
      ? "publish"
      : intent.mode === "StopInDump" && (leftover.begun || leftover.dumped)
      ? "keep"
      : "discard",
    resume: false
  }
}
