// The example on a real container of runc, in Node.js and in Deno: the same program prints the same as on the in-memory layer.
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import { type Ended, inDeno, inNode } from "./Example.ts"

const hosts: Record<string, () => Ended> = {
  "Node.js": () => inNode("runc.lab"),
  Deno: () => inDeno("runc.lab", ["--allow-all"])
}

/** A container of the id that the example names, where runc itself would make it. */
const counter = Effect.gen(function* () {
  const { bundle } = yield* LabContainer.make({ runtime: "runc" })
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const made = spawnSync("runc", ["run", "--detach", "--bundle", bundle, "counter"], { stdio: "ignore" })
      expect(made.status).toBe(0)
    }),
    () => Effect.sync(() => spawnSync("runc", ["delete", "--force", "counter"], { stdio: "ignore" }))
  )
})

describe("examples/runc.lab.ts", () => {
  for (const [host, run] of Object.entries(hosts)) {
    it.scopedLive(`checkpoints, lists, rolls back and removes in ${host}`, () =>
      Effect.gen(function* () {
        yield* counter
        const ended = run()
        expect(ended).toMatchObject({ status: 0, stderr: "" })
        expect(ended.stdout).toBe(
          "made before-upgrade, the container is running\nthere is before-upgrade, complete\n" +
            "restored before-upgrade, the container is running\nleft are 0\n"
        )
      }))
  }

  it.scopedLive("says what it needs where Deno lets it see no process", () =>
    Effect.gen(function* () {
      yield* counter
      const few = ["--allow-read", "--allow-write", "--allow-run", "--allow-env", "--allow-sys"]
      const ended = inDeno("runc.lab", few)
      expect(ended.status).toBe(1)
      expect(ended.stderr).toContain('Cannot use "runc": the kernel\'s files in /proc')
      expect(ended.stderr).toContain("run it with --allow-all")
    }))

  it("says so where there is no such container", () => {
    const ended = inNode("runc.lab")
    expect(ended.status).toBe(0)
    expect(ended.stderr).toContain("counter")
  })
})
