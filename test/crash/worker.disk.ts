// A process that does as it is told until it is done or killed. Its job comes as one line of JSON; it tells of every
// step when it begins (`{"begin":n}`) and when it has ended, each by one write.
import { writeSync } from "node:fs"
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { container, layer } from "./FileWorld.ts"
import { type Job, perform } from "./Job.ts"

const tell = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)

const now = () => Number(process.hrtime.bigint())

const work = async ({ fault, root, steps }: Job) => {
  const runtime = ManagedRuntime.make(layer(root, fault))
  for (const [step, one] of steps.entries()) {
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

tell({ ready: true })
createInterface({ input: process.stdin }).once("line", (line) => void work(JSON.parse(line) as Job)) // Sent by Worker.ts.
