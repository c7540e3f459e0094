/**
 * What a checkpoint takes in the folders of Docker and its containerd beyond itself, and what is left when it is removed; beside
 * it, the same with Docker's own commands.
 *
 * All below the daemon's root and its folder in memory is counted, the databases too: the bytes of regular files, and, apart from
 * them, the blocks that files and folders take.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as DiskUse from "./DiskUse.ts"
import * as Row from "./Row.ts"
import * as Touched from "./TouchedDocker.ts"

const piece = "docker"

/** What is more than before after each step, in rows; the container is one that was never checkpointed, and runs again afterwards. */
export const diskLeft = (container: Touched.TouchedDocker) =>
  Effect.gen(function* () {
    const { id, mebibytes } = container
    const look = Effect.sync(() => DiskUse.of([container.daemon.dataRoot, container.daemon.execRoot]))
    /** What the daemons remove by and by has some time for it. */
    const settled = (before: DiskUse.DiskUse, isOfNoAccount?: (path: string) => boolean) =>
      Effect.gen(function* () {
        for (let turn = 0;; turn++) {
          const growth = DiskUse.growth(before, yield* look, isOfNoAccount)
          if (growth.bytes === 0 || turn === 50) return growth
          yield* Effect.sleep(100)
        }
      })
    const round = <E, R>({ create, remove }: Steps<E, R>) =>
      Effect.gen(function* () {
        const before = yield* look
        yield* create
        const kept = yield* look
        yield* remove
        return { kept: DiskUse.growth(before, kept, inCheckpoint), left: yield* settled(before) }
      })
    const ours = {
      create: Checkpoints.create(id, "measured", { leaveRunning: true }),
      restore: Effect.zipRight(Touched.end(container), Checkpoints.restore(id, "measured")),
      remove: Checkpoints.remove(id, "measured")
    }
    const peer = {
      create: Touched.peerCheckpoint(container, "measured"),
      restore: Effect.zipRight(Touched.end(container), Touched.peerRestore(container, "measured")),
      remove: Touched.peerRemove(container, "measured")
    }
    const first = yield* round(ours)
    const later = yield* round(ours)
    const theirs = yield* round(peer)
    /** From a container that has ended to one that has ended: what belongs to its run is gone. */
    const wholeRound = <E, R>({ create, remove, restore }: Steps<E, R>) =>
      Effect.gen(function* () {
        yield* Touched.end(container)
        const before = yield* look
        yield* Touched.startAnew(container)
        yield* create
        yield* restore
        yield* remove
        yield* Touched.end(container)
        const growth = yield* settled(before, ofDaemon)
        yield* Touched.startAnew(container)
        return growth
      })
    // The first one makes folders and pages of the databases, which stay.
    yield* wholeRound(ours)
    const restored = yield* wholeRound(ours)
    const theirsRestored = yield* wholeRound(peer)
    const { dataRoot } = container.daemon
    const paths = first.left.paths.map((path) => path.replace(`${dataRoot}/`, "").replace(id, "…"))
    yield* Console.error(["left by the first checkpoint of a container:", ...paths].join("\n  "))
    const row = (what: string, mine: number, other: number, bound: { readonly most: number } | undefined) =>
      Row.ofQuantity(piece, `docker: ${what}, ${mebibytes} MiB`, [mine], "bytes", bound, [other])
    const none = { most: 0 }
    return [
      row("beyond the checkpoint, after create", first.kept.bytes, theirs.kept.bytes, none),
      row("left after create and remove", first.left.bytes, theirs.left.bytes, none),
      row("left after create and remove, in blocks, first time", first.left.blocks, theirs.left.blocks, undefined),
      row("left after create and remove, in blocks, later", later.left.blocks, theirs.left.blocks, none),
      row("left after create, restore and remove", restored.bytes, theirsRestored.bytes, none)
    ]
  })

interface Steps<E, R> {
  readonly create: Effect.Effect<unknown, E, R>
  readonly restore: Effect.Effect<unknown, E, R>
  readonly remove: Effect.Effect<unknown, E, R>
}

const inCheckpoint = (path: string): boolean => /\/containers\/[^/]+\/checkpoints\/measured(\/|$)/.test(path)

/** What the daemon writes at each start of a container: its state, a few digits longer or shorter, and its databases. */
const ofDaemon = (path: string): boolean => path.endsWith("/config.v2.json") || path.endsWith(".db")
