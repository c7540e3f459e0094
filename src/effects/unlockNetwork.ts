/**
 * The lock that CRIU leaves on a network namespace when it stops a container with live connections: it lasts until a
 * restore, and where none is to come, it is taken away here.
 *
 * Whose rules they are and how they go is the runtime's.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Checkpoint, keepsConnections } from "../domain/Checkpoint.ts"
import type { Container } from "../domain/Container.ts"
import type { Created, Recovered } from "../domain/Outcome.ts"
import { checkpointsOf, everyContainer } from "./readCheckpoints.ts"
import { record } from "./record.ts"
import { refresh } from "./findContainer.ts"
import { Runtime } from "./Runtime.ts"

/** The network that the container of this checkpoint left locked for its connections. */
export const networkOf = (container: Container, checkpoint: Checkpoint) =>
  Effect.flatMap(
    Runtime,
    (runtime) => keepsConnections(checkpoint) ? runtime.lockedNetwork(container, checkpoint) : Effect.succeedNone
  )

/** The warning of a create that left the network locked, with what to type to give the connections up. */
export const warnOfLock = ({ checkpoint, state }: Created, container: Container, checkpointDir: string | undefined) =>
  Effect.map(
    isStanding(state) ? Effect.succeedNone : networkOf(container, checkpoint),
    Option.match({
      onNone: (): ReadonlyArray<string> => [],
      onSome: (network) => {
        const directory = checkpointDir === undefined ? "" : ` --checkpoint-dir ${quote(checkpointDir)}`
        const command = `stasis rm ${quote(container.name ?? container.id)} ${checkpoint.name}${directory}`
        return [
          `${whose(network)} all packets until the restore, so that the connections stay alive; ` +
          `to give them up: ${command}`
        ]
      }
    })
  )

/**
 * Unlocks a network after a removal. The caller holds the container, which the checkpoint had stopped; it may run since.
 */
export const unlockAfterRemoval = (container: Container, network: string) =>
  Effect.gen(function* () {
    const now = yield* refresh(container)
    // A namespace is that of a container which runs since; connections are those of the checkpoint alone.
    return isStanding(now.state) && isNamespace(network) ? false : yield* unlock(now, network)
  }).pipe(
    Effect.match({
      onFailure: (error) => ({ warnings: [`${whose(network)} all packets still: ${error.message}`] }),
      onSuccess: (unlocked) => ({ ...(unlocked ? { unlocked: network } : {}), warnings: [] })
    })
  )

/**
 * Unlocks the network of a container that runs again, or that no checkpoint is left of which would go on with its
 * connections. The caller holds the container.
 */
export const unlockLeft = (container: Container) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    const now = yield* refresh(container)
    const network = yield* runtime.lockedNetwork(now)
    if (Option.isNone(network) || !(yield* unlock(now, network.value))) return []
    return [{ container: now.id, action: "unlocked", network: network.value }] satisfies ReadonlyArray<Recovered>
  })

/** Unlocks a network that nobody wants locked; whether it did. */
const unlock = (container: Container, network: string) =>
  Effect.gen(function* () {
    const runtime = yield* Runtime
    if (yield* isWanted(network)) return false
    yield* Effect.uninterruptible(runtime.unlockNetwork(container, network))
    yield* record("network-unlock", container, { network })
    return true
  })

/** Whether a checkpoint of any container that it stopped, this one or a neighbour, waits for its restore there. */
const isWanted = (network: string) =>
  Effect.gen(function* () {
    const containers = yield* everyContainer
    for (const container of containers.filter(({ state }) => !isStanding(state))) {
      for (const checkpoint of yield* checkpointsOf(container)) {
        const wanted = yield* networkOf(container, checkpoint)
        if (Option.isSome(wanted) && overlap(wanted.value, network)) return true
      }
    }
    return false
  })

const isNamespace = (network: string): boolean => network.startsWith("/")

/** Whether two locks have something in common: namespaces all, connections some. */
const overlap = (one: string, other: string): boolean =>
  one.split(", ").some((part) => other.split(", ").includes(part))

/** A namespace by its path, or connections. */
const whose = (network: string): string =>
  isNamespace(network) ? `the network namespace "${network}" drops` : `the firewall drops, of ${network},`

/** It has a process, or is about to have one: it needs its network. */
const isStanding = (state: Container["state"]): boolean => state !== "stopped" && state !== "forgotten"

/** As a shell reads it. */
const quote = (text: string): string => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
