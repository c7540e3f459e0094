/**
 * Create, leaving a plain process running, and restore of it: through the library and through the command line, against the bare
 * CRIU on the same process. In the lab.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Criu from "../src/layers/criu/Criu.ts"
import { pairsOf, scratch } from "./containers.ts"
import { interleave } from "./Interleaved.ts"
import { program } from "./Program.ts"
import * as Row from "./Row.ts"
import * as Touched from "./TouchedContainer.ts"
import * as TouchedProcess from "./TouchedProcess.ts"

const piece = "processes"

const stasisRoot = `${scratch}/stasis-processes`
const bareFolder = `${scratch}/bare-process`

/** What the library may cost: so many milliseconds more for a small process, so many times the bare time for a large one. */
const bounds = { milliseconds: 25, times: 1.05 }

const ofLibrary = (mebibytes: number, what: string, pairs: Row.Pairs): Row.Row =>
  mebibytes < 256
    ? Row.ofDifference(piece, what, pairs, { share: 0, milliseconds: bounds.milliseconds })
    : Row.ofRatio(piece, what, pairs, bounds.times)

/** Create and restore of a process with so many MiB of touched memory, in rows. */
export const processes = (mebibytes: number) => (quick: boolean) =>
  Effect.scoped(ofSize(mebibytes, quick ? 8 : pairsOf(mebibytes), quick ? 3 : 6)).pipe(
    Effect.provide(Criu.layer({ stasisRoot }))
  )

const ofSize = (mebibytes: number, pairs: number, runs: number) =>
  Effect.gen(function* () {
    const subject = yield* TouchedProcess.make(mebibytes)
    const { id } = subject
    const name = (text: string) => `process, ${text}, ${mebibytes} MiB`
    const rows: Array<Row.Row> = []
    const remove = Effect.zipRight(Checkpoints.remove(id, "measured"), Touched.must("sync", []))
    for (const durability of ["none", "full"] as const) {
      const dump = TouchedProcess.bareDump(subject, bareFolder)
      const bare = {
        before: TouchedProcess.makeFolders(bareFolder),
        run: durability === "full" ? Effect.zipRight(dump, Touched.bareSync(bareFolder)) : dump,
        after: Touched.sweep(bareFolder)
      }
      const create = Checkpoints.create(id, "measured", { leaveRunning: true, durability })
      const library = yield* interleave(pairs, 2, { run: create, after: remove }, bare)
      rows.push(ofLibrary(mebibytes, name(`library: create, durability ${durability}`), library))
      const typed = stasis(["create", "--quiet", "--leave-running", "--durability", durability, id, "measured"])
      const commandLine = yield* interleave(runs, 1, { run: typed, after: remove }, bare)
      rows.push(Row.ofDifference(piece, name(`command line: create, durability ${durability}`), commandLine, undefined))
    }
    const kept = (yield* Checkpoints.create(id, "kept", { leaveRunning: true })).checkpoint.path
    yield* TouchedProcess.makeFolders(bareFolder)
    const before = TouchedProcess.end(subject)
    const bare = { before, run: TouchedProcess.bareRestore(kept, `${bareFolder}/work`) }
    const library = yield* interleave(pairs, 2, { before, run: Checkpoints.restore(id, "kept") }, bare)
    rows.push(ofLibrary(mebibytes, name("library: restore"), library))
    const typed = { before, run: stasis(["restore", "--quiet", id, "kept"]) }
    const commandLine = yield* interleave(runs, 1, typed, bare)
    rows.push(Row.ofDifference(piece, name("command line: restore"), commandLine, undefined))
    yield* Checkpoints.remove(id, "kept")
    return rows
  })

const stasis = (args: ReadonlyArray<string>) =>
  Touched.must(process.execPath, [program, ...args, "--runtime", "criu", "--stasis-root", stasisRoot])
