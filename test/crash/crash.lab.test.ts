// SIGKILL at random instants into processes that create, remove and restore checkpoints of a real container. Other
// instants, or more of them: `STASIS_SEED=7 STASIS_ROUNDS=100`.
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LabProcess from "../layers/criu/LabProcess.ts"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import { orphansOf, rounds } from "./realRounds.ts"
import { bundle } from "./Worker.ts"

let folder = ""
let program = ""
let criuProgram = ""

beforeAll(async () => {
  folder = NodeFs.mkdtempSync(`${NodeOs.tmpdir()}/stasis-crash-`)
  program = await bundle(folder, "worker.lab.ts")
  criuProgram = await bundle(folder, "criuWorker.lab.ts")
})

afterAll(() => NodeFs.rmSync(folder, { recursive: true, force: true }))

/** CRIU at work, by itself or for a runtime. What only asks it what it can do holds nothing. */
const isWork = (line: string): boolean => /^criu (?!check|--version)/.test(line)

const runs = [{ runtime: "runc", short: 30 }, { runtime: "crun", short: 15 }] as const

describe.each(runs)("after a SIGKILL, on $runtime", ({ runtime, short }) => {
  it.live("the container goes on, or a checkpoint of it does; nothing is half there, nothing is left", () =>
    Effect.gen(function* () {
      const isOurs = (root: string) => (line: string) =>
        isWork(line) || /^(runc|crun) --root (\S+) /.exec(line)?.[2] === root
      const container = yield* Effect.scoped(Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* container.counted(5)
        const subject = { ...container, countOf: LabContainer.readCount, isOurs: isOurs(container.config.root) }
        const seed = Number(process.env["STASIS_SEED"] ?? 1)
        const count = Number(process.env["STASIS_ROUNDS"] ?? short)
        const verdict = yield* Effect.provide(
          Effect.scoped(rounds(program, subject, count, seed)),
          LabContainer.layerOf(container)
        )
        expect(verdict).toMatchObject({ violation: undefined, rounds: count })
        // The kills would prove nothing if they hit between the operations, or before anything stands still.
        expect(verdict.cut).toBeGreaterThan(count / 2)
        expect(verdict.orphans).toBeGreaterThan(count / 10)
        return container
      }))
      expect(orphansOf(isOurs(container.config.root))).toEqual([])
      const cgroups = NodeFs.readdirSync("/sys/fs/cgroup", { recursive: true, encoding: "utf8" })
      expect(cgroups.filter((path) => path.includes(container.id))).toEqual([])
    }))
})

describe("after a SIGKILL, on plain processes", () => {
  it.live("the tree goes on, or a checkpoint of it does; nothing is half there, nothing is left", () =>
    Effect.gen(function* () {
      const isOurs = isWork
      yield* Effect.scoped(Effect.gen(function* () {
        // Enough memory for a kill to hit the dump of it.
        const tree = yield* LabProcess.make({ setup: "x = bytearray(b'x') * (200 << 20)" })
        const subject = {
          id: tree.id,
          config: { stasisRoot: `${tree.folder}/stasis` },
          countOf: LabProcess.readCount,
          counted: tree.counted,
          isOurs
        }
        const seed = Number(process.env["STASIS_SEED"] ?? 1)
        const count = Number(process.env["STASIS_ROUNDS"] ?? 20)
        const verdict = yield* Effect.provide(Effect.scoped(rounds(criuProgram, subject, count, seed)), tree.layer)
        expect(verdict).toMatchObject({ violation: undefined, rounds: count })
        expect(verdict.cut).toBeGreaterThan(count / 2)
        expect(verdict.orphans).toBeGreaterThan(0)
      }))
      expect(orphansOf(isOurs)).toEqual([])
    }))
})
