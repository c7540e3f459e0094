/**
 * The connections that a checkpoint left locked. Of processes in the machine's own network CRIU locks each connection apart: what
 * is locked is named by its connections, and nobody else's packets are dropped.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Checkpoint } from "../../domain/Checkpoint.ts"
import { RuntimeFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import * as ConnectionLock from "../shared/ConnectionLock.ts"
import * as ProcSurvey from "../shared/ProcSurvey.ts"
import { runtimeName } from "./CriuSettings.ts"
import * as KeptRegistration from "./KeptRegistration.ts"

/**
 * Tells the locks on connections of these processes from those on others, which another dump may have taken at the same time. Of
 * version 6 of the protocol, whose addresses are written in several ways, all are taken for theirs.
 */
export const of = (pids: ReadonlyArray<number>, root: number): Effect.Effect<(lock: string) => boolean> =>
  Effect.map(ProcSurvey.survey(pids, root, "quick"), ({ resources }) => {
    const own = new Set(
      resources.flatMap((one) => one._tag === "TcpConnection" ? [`${one.local}-${one.remote}`] : [])
    )
    return (lock) => own.has(lock) || lock.endsWith(` CRIU-${root}`) || lock.split(":").length > 3
  })

/** The connections of a checkpoint that are locked still. */
export const locked = (
  checkpoint: Checkpoint | undefined
): Effect.Effect<Option.Option<string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const kept = checkpoint === undefined ? Option.none() : yield* KeptRegistration.read(checkpoint.path)
    const locks = Option.match(kept, { onNone: () => [], onSome: (found) => found.locks ?? [] })
    if (locks.length === 0) return Option.none()
    const held = yield* ConnectionLock.held
    return locks.some((one) => held.includes(one)) ? Option.some(locks.join(separator)) : Option.none()
  })

/** Lets the packets of these connections through again. */
export const unlock = (container: Container, connections: string): Effect.Effect<void, RuntimeFailed> =>
  Effect.flatMap(
    ConnectionLock.release(connections.split(separator)),
    (released) =>
      released ? Effect.void : new RuntimeFailed({
        operation: "unlock the network of",
        container: container.id,
        runtime: runtimeName,
        reason: "Unknown",
        detail: `CRIU's rules on ${connections} are left in the firewall`
      })
  )

const separator = ", "
