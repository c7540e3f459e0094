/**
 * Why a runtime that was asked gave no answer, and whether it may be because the one who asks is not let in.
 *
 * Nobody is asked here, and nothing is decided.
 */
import * as ConfigError from "effect/ConfigError"
import type { CheckpointError } from "../domain/CheckpointError.ts"
import { withFlags } from "./failure.ts"

/** Why there is no answer. */
export interface Silence {
  readonly detail: string
  /** Whoever asks has no right to ask: none of this runtime's containers was ever theirs to name. */
  readonly barred: boolean
}

/** What the failure to open or to ask a runtime says. */
export const silenceOf = (error: CheckpointError | ConfigError.ConfigError): Silence =>
  ConfigError.isConfigError(error)
    ? { detail: String(error), barred: false }
    : { detail: withFlags(error.message), barred: isBarred(error) }

/** A runtime that cannot be reached says why in words alone; those of a missing right are few. */
const isBarred = (error: CheckpointError): boolean =>
  error._tag === "StorageFailed" ? error.reason === "PermissionDenied" : error._tag === "RuntimeUnavailable" &&
    /^(permission (to connect to it is missing|denied)|the right to \w+ to this socket is missing|Deno does not let )/
      .test(error.detail)
