/**
 * Create, leaving the container running, and restore: through the library and through the command line, against the bare
 * runc on the same container. In the lab.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Oci from "../src/layers/oci/Oci.ts"
import { interleave, type Way } from "./Interleaved.ts"
import { program } from "./Program.ts"
import * as Row from "./Row.ts"
import * as Touched from "./TouchedContainer.ts"

const piece = "containers"

/** What the library may cost: this share of the bare time and so many milliseconds. */
const bound = { share: 0.05, milliseconds: 30 }

/** The folder on a real disk that the lab gives. */
export const scratch = process.env["STASIS_LAB_SCRATCH"] ?? "/var/tmp/stasis-bench"

/** Create and restore of a container with so many MiB of touched memory, in rows. */
export const containers = (mebibytes: number) => (quick: boolean) =>
  Effect.scoped(ofSize(mebibytes, quick ? 8 : pairsOf(mebibytes), quick ? 3 : 6)).pipe(
    Effect.provide(Oci.layer({ runtime: "runc", stasisRoot: `${scratch}/stasis` }))
  )

/** What is done sooner can be done more often: the interval of its difference is the narrower for it. */
export const pairsOf = (mebibytes: number): number => mebibytes < 100 ? 80 : mebibytes < 1000 ? 50 : 30

const ofSize = (mebibytes: number, pairs: number, runs: number) =>
  Effect.gen(function* () {
    const container = yield* Touched.make(scratch, mebibytes)
    const name = (text: string) => `${text}, ${mebibytes} MiB`
    const rows: Array<Row.Row> = []
    for (const durability of ["none", "full"] as const) {
      const bare = bareCreate(container, durability)
      const what = `create, durability ${durability}`
      const library = yield* interleave(pairs, 2, libraryCreate(container, durability), bare)
      rows.push(Row.ofDifference(piece, name(`library: ${what}`), library, bound))
      const commandLine = yield* interleave(runs, 1, commandLineCreate(container, durability), bare)
      rows.push(Row.ofDifference(piece, name(`command line: ${what}`), commandLine, undefined))
    }
    const kept = (yield* Checkpoints.create(container.id, "kept", { leaveRunning: true })).checkpoint.path
    const bare = bareRestore(container, kept)
    const library = yield* interleave(pairs, 2, libraryRestore(container), bare)
    rows.push(Row.ofDifference(piece, name("library: restore"), library, bound))
    const commandLine = yield* interleave(runs, 1, commandLineRestore(container), bare)
    rows.push(Row.ofDifference(piece, name("command line: restore"), commandLine, undefined))
    yield* Checkpoints.remove(container.id, "kept")
    return rows
  })

type Durability = "none" | "full"

/** Each create begins where the one before has left nothing to write. */
const bareCreate = (container: Touched.TouchedContainer, durability: Durability): Way<never, never> => {
  const folder = `${scratch}/bare`
  const dump = Touched.bareCheckpoint(container, folder)
  return {
    run: durability === "full" ? Effect.zipRight(dump, Touched.bareSync(folder)) : dump,
    after: Touched.sweep(folder)
  }
}

const libraryCreate = ({ id }: Touched.TouchedContainer, durability: Durability) => ({
  run: Checkpoints.create(id, "measured", { leaveRunning: true, durability }),
  after: Effect.zipRight(Checkpoints.remove(id, "measured"), Touched.must("sync", []))
})

const commandLineCreate = ({ id }: Touched.TouchedContainer, durability: Durability) => ({
  run: stasis(["create", "--quiet", "--leave-running", "--durability", durability, id, "measured"]),
  after: Effect.zipRight(Checkpoints.remove(id, "measured"), Touched.must("sync", []))
})

/** Each restore begins where no container of the id is left. */
const bareRestore = (container: Touched.TouchedContainer, imagePath: string) => ({
  before: Touched.end(container),
  run: Touched.bareRestore(container, imagePath, `${scratch}/bare-work`)
})

const libraryRestore = (container: Touched.TouchedContainer) => ({
  before: Touched.end(container),
  run: Checkpoints.restore(container.id, "kept")
})

const commandLineRestore = (container: Touched.TouchedContainer) => ({
  before: Touched.end(container),
  run: stasis(["restore", "--quiet", container.id, "kept"])
})

const stasis = (args: ReadonlyArray<string>) =>
  Touched.must(process.execPath, [program, ...args, "--stasis-root", `${scratch}/stasis`])
