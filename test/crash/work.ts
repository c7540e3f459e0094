/**
 * What every worker does: as it is told, until it is done or killed. Its job comes as one line of JSON; it tells of every
 * step when it begins (`{"begin":n}`) and when it has ended, each by one write.
 */
import { writeSync } from "node:fs"
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Checkpoints } from "../../src/effects/Checkpoints.ts"
import { type Job, perform } from "./Job.ts"

/** The world of a job, and the one container in it. */
export interface World {
  readonly container: string
  readonly layer: Layer.Layer<Checkpoints>
}

/** Waits for the job, opens its world and works. */
export const work = <J extends Job>(open: (job: J) => World): void => {
  tell({ ready: true })
  // Sent by Worker.ts.
  createInterface({ input: process.stdin }).once("line", (line) => void doSteps(JSON.parse(line) as J, open))
}

const doSteps = async <J extends Job>(job: J, open: (job: J) => World) => {
  const { container, layer } = open(job)
  const runtime = ManagedRuntime.make(layer)
  for (const [step, one] of job.steps.entries()) {
    tell({ begin: step })
    const from = now()
    const end = await runtime.runPromise(Effect.match(perform(container, one), {
      onSuccess: () => ({ step, end: "done" }),
      onFailure: (error) => ({ step, end: error._tag, message: String(error) })
    }))
    tell({ ...end, from, to: now() })
  }
  process.exit(0)
}

const tell = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)

const now = () => Number(process.hrtime.bigint())
