/**
 * The network namespace of a container, and the lock that CRIU may have left on it.
 *
 * One that the container was given by its path outlives it; its own, which goes with it, is looked at while it lives.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as KernelFile from "./KernelFile.ts"
import * as NetworkLock from "./NetworkLock.ts"
import * as Proc from "./Proc.ts"
import * as OciSpec from "./OciSpec.ts"

/**
 * The network namespace that a container left locked when it was checkpointed, by the specification that was kept with the
 * checkpoint, or that is locked now.
 */
export const locked = (
  container: Container,
  checkpoint?: { readonly spec: OciSpec.Spec | undefined }
): Effect.Effect<Option.Option<string>> =>
  Effect.suspend(() => {
    const path = checkpoint === undefined ? ofContainer(container) : pathIn(checkpoint.spec)
    return path === undefined || !KernelFile.exists(path)
      ? Effect.succeedNone
      : Effect.map(NetworkLock.isLocked(path), (isLocked) => isLocked === true ? Option.some(path) : Option.none())
  })

/** Takes CRIU's lock away. */
export const unlock = (
  runtime: string,
  container: Container,
  network: string
): Effect.Effect<void, RuntimeFailed> =>
  Effect.flatMap(NetworkLock.unlock(network), (unlocked) =>
    unlocked ? Effect.void : new RuntimeFailed({
      operation: "unlock the network of",
      container: container.id,
      runtime,
      reason: "Unknown",
      detail: `CRIU's rules are left in the firewall of "${network}"`
    }))

const ofContainer = ({ bundle, process }: Container): string | undefined => {
  const given = pathIn(Either.getOrUndefined(OciSpec.parse(KernelFile.read(`${bundle ?? ""}/config.json`) ?? "")))
  if (process === undefined) return given
  // Somebody else's CRIU is at it: what is locked is locked for a dump that goes on.
  if (Proc.findTraced([process.pid])?.tracer === "criu") return undefined
  return given ?? (Proc.sharesNetwork(process.pid) === false ? `/proc/${process.pid}/ns/net` : undefined)
}

const pathIn = (spec: OciSpec.Spec | undefined) => spec === undefined ? undefined : OciSpec.networkPath(spec)
