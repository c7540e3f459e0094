/** What crit says of folders of images: `test/golden/oracle.py`, run in the lab. */
import { closeSync, openSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Process from "../../src/layers/shared/Process.ts"
import * as CritForm from "../golden/critForm.ts"
import { temporaryFolder } from "../layers/oci/LabContainer.ts"

const program = new URL("../golden/oracle.py", import.meta.url).pathname

/** What crit's library reads in each file of a folder. */
export const read = (folder: string): Effect.Effect<ReadonlyArray<CritForm.Line>> =>
  Effect.scoped(Effect.gen(function* () {
    const output = `${yield* temporaryFolder}/output`
    // More than is kept of a program's output.
    const stdout = yield* Effect.acquireRelease(
      Effect.sync(() => openSync(output, "w")),
      (fd) => Effect.sync(() => closeSync(fd))
    )
    yield* python([folder], { stdout })
    return CritForm.parse(readFileSync(output, "utf8"))
  }))

/** The command `crit decode` says the same of these files. */
export const agrees = (files: ReadonlyArray<string>): Effect.Effect<void> => python(["--agree", ...files])

const python = (args: ReadonlyArray<string>, streams: Process.Request["streams"] = {}): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.orDie(Process.run({ program: "python3", args: ["-B", program, ...args], streams })),
    ({ code, stderr }) => code === 0 ? Effect.void : Effect.dieMessage(stderr)
  )
