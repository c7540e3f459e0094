/**
 * Containers of a Docker daemon: create, leaving the container running, and restore, against Docker's own commands and against
 * the runtime beneath the daemon; and whether a restore straight after a create works. In the lab.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Docker from "../src/layers/docker/Docker.ts"
import * as Oci from "../src/layers/oci/Oci.ts"
import { scratch } from "./containers.ts"
import * as DockerDaemon from "./DockerDaemon.ts"
import { diskLeft } from "./dockerDisk.ts"
import { interleave } from "./Interleaved.ts"
import * as Row from "./Row.ts"
import { bareSync, must, sweep } from "./TouchedContainer.ts"
import * as Touched from "./TouchedDocker.ts"

const piece = "docker"

/** So many times faster than Docker's own create; at most so many times the bare runtime's. */
const bounds = { faster: 8, times: 1.1 }

/** All of it, in rows. Small containers are held to no ratio with the bare runtime: a few milliseconds are a tenth of it. */
export const docker = (quick: boolean) =>
  Effect.scoped(Effect.gen(function* () {
    const daemon = yield* DockerDaemon.make(scratch)
    yield* Touched.makeImage(daemon, scratch)
    const container = yield* Touched.make(daemon, quick ? 64 : 1024)
    const layer = Docker.layer({ host: daemon.host, stasisRoot: `${scratch}/stasis-docker`, beneath: Oci.beneath })
    return yield* Effect.provide(
      Effect.gen(function* () {
        const disk = yield* diskLeft(container)
        const creates = yield* create(container, quick)
        const restores = yield* restore(container, quick)
        const small = yield* Touched.make(daemon, 16)
        const both = ofTurns(small, yield* worked(small), yield* workedForPeer(small))
        return [...creates, ...restores, ofTurns(container, yield* worked(container)), both, ...disk]
      }),
      layer
    )
  }))

const create = (container: Touched.TouchedDocker, quick: boolean) =>
  Effect.gen(function* () {
    const name = (text: string) => `docker: create, ${text}, ${container.mebibytes} MiB`
    const rows: Array<Row.Row> = []
    const ours = (durability: "none" | "full") => ({
      run: Checkpoints.create(container.id, "measured", { leaveRunning: true, durability }),
      after: Effect.zipRight(Checkpoints.remove(container.id, "measured"), must("sync", []))
    })
    const folder = `${scratch}/bare-docker`
    const dump = Touched.bareCheckpoint(container, folder)
    for (const durability of ["none", "full"] as const) {
      const bare = {
        run: durability === "full" ? Effect.zipRight(dump, bareSync(folder)) : dump,
        after: sweep(folder)
      }
      const pairs = yield* interleave(quick ? 5 : 15, 2, ours(durability), bare)
      const than = durability === "full" ? "runc and sync" : "runc"
      const what = name(`durability ${durability}, against ${than}`)
      rows.push(Row.ofRatio(piece, what, pairs, quick ? undefined : bounds.times))
    }
    const peer = {
      run: Touched.peerCheckpoint(container, "peer"),
      after: Effect.zipRight(Touched.peerRemove(container, "peer"), must("sync", []))
    }
    const pairs = yield* interleave(quick ? 1 : 3, 0, ours("full"), peer)
    const what = name("durability full, against docker checkpoint create")
    rows.push(Row.ofSpeed(piece, what, pairs, quick ? undefined : bounds.faster))
    return rows
  })

/** Of one checkpoint, which lies where Docker looks for it. */
const restore = (container: Touched.TouchedDocker, quick: boolean) =>
  Effect.gen(function* () {
    yield* Checkpoints.create(container.id, "kept", { leaveRunning: true })
    const before = Touched.end(container)
    const ours = { before, run: Checkpoints.restore(container.id, "kept") }
    const peer = { before, run: Touched.peerRestore(container, "kept") }
    const pairs = yield* interleave(quick ? 1 : 3, 0, ours, peer)
    yield* Checkpoints.remove(container.id, "kept")
    const what = `docker: restore, against docker start --checkpoint, ${container.mebibytes} MiB`
    return [Row.ofSpeed(piece, what, pairs, 1)]
  })

const turns = 20

const ofTurns = ({ mebibytes }: Touched.TouchedDocker, ours: number, peer?: number): Row.Row => {
  const what = `docker: restores straight after a create, ${mebibytes} MiB`
  return Row.ofQuantity(piece, what, [ours], `of ${turns}`, { least: turns }, peer === undefined ? undefined : [peer])
}

/** Create, stopping the container, and restore at once, again and again: how often it brought back the memory. */
const worked = (container: Touched.TouchedDocker) =>
  Effect.gen(function* () {
    let count = 0
    for (let turn = 0; turn < turns; turn++) {
      const name = `turn-${turn}`
      const once = Effect.gen(function* () {
        yield* Checkpoints.create(container.id, name)
        yield* Checkpoints.restore(container.id, name)
        if (yield* Touched.isRunning(container)) count++
      })
      yield* Effect.catchAll(
        once,
        (error) =>
          Effect.zipRight(Console.error(`turn ${turn} of ${turns}: ${error.message}`), Touched.startAnew(container))
      )
      yield* Effect.ignore(Checkpoints.remove(container.id, name))
    }
    return count
  })

/** The same by Docker's own commands, which take half a minute a turn for a large container. */
const workedForPeer = (container: Touched.TouchedDocker) =>
  Effect.gen(function* () {
    let count = 0
    for (let turn = 0; turn < turns; turn++) {
      const wrong = yield* Touched.peerTurn(container, `turn-${turn}`)
      if (wrong === undefined) count++
      else {
        yield* Console.error(`turn ${turn} of ${turns} with docker: ${wrong}`)
        yield* Effect.zipRight(Touched.end(container), Touched.startAnew(container))
      }
    }
    return count
  })
