/**
 * Looking into a checkpoint of much memory: the command line as a user calls it, against checkpointctl, against sha256sum, and
 * against its own start. In the lab, with Podman and checkpointctl in it.
 *
 * What is read lies in the page cache.
 */
import { spawnSync } from "node:child_process"
import * as NodeFs from "node:fs"
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Oci from "../src/layers/oci/Oci.ts"
import { scratch } from "./containers.ts"
import { interleave, timed } from "./Interleaved.ts"
import * as PodmanArchive from "./PodmanArchive.ts"
import { program } from "./Program.ts"
import * as Row from "./Row.ts"
import * as Touched from "./TouchedContainer.ts"

const piece = "inspect"

const bounds = { overview: 100, memory: 100, faster: 10, search: 1, verify: 1 / 0.8, diff: 2000 }

/** All of it, in rows. Small checkpoints are held to no bound. */
export const inspect = (quick: boolean) =>
  Effect.scoped(Effect.gen(function* () {
    const mebibytes = quick ? 64 : 1024
    const runs = quick ? 5 : 15
    const name = (text: string) => `${text}, ${mebibytes} MiB`
    const bound = <A>(value: A) => quick ? undefined : value
    const peer = yield* PodmanArchive.make(scratch, mebibytes)
    const [first, second] = yield* twoCheckpoints(mebibytes)

    const overview = stasis(["inspect", "--path", first])
    const whole = stasis(["inspect", "--path", peer.images, "--sections", "all"])
    const search = (pattern: ReadonlyArray<string>) => stasis(["memory", "--path", first, ...pattern])
    const started = yield* interleave(runs, 2, { run: overview }, { run: stasis(["--help"]) })
    const version = yield* interleave(runs, 2, { run: overview }, { run: stasis(["--version"]) })
    const archived = yield* interleave(runs, 1, { run: whole }, { run: checkpointctl(peer.archive) })
    const plain = yield* interleave(runs, 1, { run: whole }, { run: checkpointctl(peer.plain) })
    const files = NodeFs.readdirSync(first).filter((file) => file !== "seal.json").map((file) => `${first}/${file}`)
    const sums = Touched.must("sha256sum", files)
    const matches = Effect.filterOrDieMessage(
      Checkpoints.verify({ path: first }),
      ({ seal, verdict }) => verdict === "whole" && seal === "matched",
      "the checkpoint is not whole"
    )
    const verify = Effect.provide(matches, Oci.layer({ runtime: "runc", stasisRoot: `${scratch}/stasis` }))
    const verified = yield* interleave(runs, 1, { run: verify }, { run: sums })
    const command = yield* interleave(runs, 1, { run: stasis(["verify", "--path", first]) }, { run: sums })
    const diff = yield* Effect.replicateEffect(timed({ run: stasis(["diff", first, second]) }), runs)
    return [
      Row.ofDifference(
        piece,
        name("inspect, against its start alone (--help)"),
        started,
        bound({
          share: 0,
          milliseconds: bounds.overview
        })
      ),
      Row.ofDifference(piece, name("inspect, against --version, for which nothing is loaded"), version, undefined),
      Row.ofQuantity(
        piece,
        name("inspect, resident"),
        residents(first, runs),
        "MB",
        bound({
          most: bounds.memory
        })
      ),
      Row.ofSpeed(piece, name("inspect, all, against checkpointctl inspect --all"), archived, bound(bounds.faster)),
      Row.ofSpeed(piece, name("the same of an archive that is not compressed"), plain, undefined),
      yield* speed(name("search, text"), search(["--search", "a text that is not there"]), first, runs, quick),
      yield* speed(name("search, bytes"), search(["--search-bytes", "00c0ffee00c0ffee"]), first, runs, quick),
      yield* speed(
        name("search, regular expression"),
        search(["--search-regex", "token=[0-9a-f]{40}"]),
        first,
        runs,
        true
      ),
      Row.ofRatio(piece, name("library: verify, sealed, against sha256sum"), verified, bound(bounds.verify)),
      Row.ofRatio(piece, name("the same by the command line, its start included"), command, undefined),
      Row.ofQuantity(piece, name("diff of two"), diff, "ms", bound({ most: bounds.diff }))
    ]
  }))

/** Two checkpoints of one container that went on between them, the first one sealed. */
const twoCheckpoints = (mebibytes: number) =>
  Effect.gen(function* () {
    const container = yield* Touched.make(scratch, mebibytes, false, true)
    const first = yield* Checkpoints.create(container.id, "first", { leaveRunning: true, seal: true })
    const second = yield* Checkpoints.create(container.id, "second", { leaveRunning: true })
    return [first.checkpoint.path, second.checkpoint.path] as const
  }).pipe(Effect.provide(Oci.layer({ runtime: "runc", stasisRoot: `${scratch}/stasis` })))

const stasis = (args: ReadonlyArray<string>) => Touched.must(process.execPath, [program, ...args])

const checkpointctl = (archive: string) => Touched.must("checkpointctl", ["inspect", "--all", archive])

/** Bytes of pages a second, the start of the command included. */
const speed = (
  what: string,
  run: Effect.Effect<unknown>,
  folder: string,
  runs: number,
  quick: boolean
): Effect.Effect<Row.Row> =>
  Effect.map(Effect.replicateEffect(timed({ run }), runs), (times) => {
    const bytes = NodeFs.readdirSync(folder).filter((file) => file.startsWith("pages-"))
      .reduce((sum, file) => sum + NodeFs.statSync(`${folder}/${file}`).size, 0)
    const speeds = times.map((milliseconds) => bytes / 1e6 / milliseconds)
    return Row.ofQuantity(piece, what, speeds, "GB/s", quick ? undefined : { least: bounds.search })
  })

/** The most memory that a process of the command line had at a time, in megabytes. */
const residents = (folder: string, runs: number): ReadonlyArray<number> =>
  Array.from({ length: runs }, () => {
    const said = `process.on("exit", () => console.error("resident " + process.resourceUsage().maxRSS))`
    const args = ["--import", `data:text/javascript,${encodeURIComponent(said)}`, program]
    const { stderr } = spawnSync(process.execPath, [...args, "inspect", "--path", folder], {
      encoding: "utf8"
    })
    return Number(/^resident (\d+)$/m.exec(stderr)?.[1]) * 1024 / 1e6
  })
