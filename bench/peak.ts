/** The peak memory of a process that checkpoints a large container, against one that checkpoints a small one. In the lab. */
import { spawnSync } from "node:child_process"
import * as NodeFs from "node:fs"
import process from "node:process"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../src/effects/Checkpoints.ts"
import * as Oci from "../src/layers/oci/Oci.ts"
import { scratch } from "./containers.ts"
import * as Figures from "./Figures.ts"
import { benchmarks } from "./Program.ts"
import type * as Row from "./Row.ts"
import * as Touched from "./TouchedContainer.ts"

/** Peak memory, in rows. */
export const peak = (quick: boolean) =>
  Effect.gen(function* () {
    const [small, large] = [
      yield* Effect.scoped(peaks(16, quick ? 3 : 7)),
      yield* Effect.scoped(peaks(1024, quick ? 3 : 7))
    ]
    const [ours, base] = [Figures.median(large), Figures.median(small)]
    const spread = Figures.quarters(large)
    return [{
      piece: "peak",
      what: "peak memory, create of 1024 MiB against 16 MiB",
      ours: mebibytes(ours),
      bare: mebibytes(base),
      ratio: (ours / base).toFixed(2),
      spread: `${mebibytes(spread.low)} to ${mebibytes(spread.high)}, ${large.length} runs`,
      bound: `≤ ${mebibytes(base + 10)}`,
      holds: ours <= base + 10,
      figures: { ours, bare: base, ratio: ours / base, most: base + 10 }
    }] satisfies ReadonlyArray<Row.Row>
  })

/** One create in this process, and then its peak memory in MiB on standard output. */
export const peakOnce = ([id = ""]: ReadonlyArray<string>) =>
  Checkpoints.create(id, "measured", { leaveRunning: true }).pipe(
    Effect.zipRight(Effect.sync(() => NodeFs.readFileSync("/proc/self/status", "utf8"))),
    Effect.flatMap((status) => Console.log(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024)),
    Effect.zipRight(Checkpoints.remove(id, "measured")),
    Effect.provide(Oci.layer({ runtime: "runc", stasisRoot: `${scratch}/stasis` }))
  )

const peaks = (size: number, runs: number) =>
  Effect.gen(function* () {
    const container = yield* Touched.make(scratch, size)
    const once = Effect.sync(() =>
      Number(spawnSync(process.execPath, [benchmarks, "--peak-once", container.id], { encoding: "utf8" }).stdout)
    )
    return yield* Effect.replicateEffect(once, runs)
  })

const mebibytes = (value: number): string => `${value.toFixed(1)} MiB`
