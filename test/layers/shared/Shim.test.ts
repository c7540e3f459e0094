import { type ChildProcess, spawn } from "node:child_process"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as KernelFile from "../../../src/layers/shared/KernelFile.ts"
import * as Shim from "../../../src/layers/shared/Shim.ts"
import { poll } from "../oci/LabContainer.ts"

const id = "b".repeat(64)

const childrenOf = (pid: number | undefined) =>
  (KernelFile.read(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter(Boolean).map(Number)

/** What looks as a shim and its child do, both gone with the scope; the child's pid is beside it. */
const shimWith = (program: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const shim = yield* Effect.acquireRelease(
      Effect.sync((): ChildProcess =>
        spawn(
          "bash",
          [
            "-c",
            `(exec -a ${program} tail -f /dev/null -- ${args.join(" ")}) & wait`,
            "shim",
            "-namespace",
            "moby",
            "-id",
            id
          ],
          { argv0: "containerd-shim-runc-v2", stdio: "ignore" }
        )
      ),
      (child) =>
        Effect.sync(() => {
          for (const one of childrenOf(child.pid)) process.kill(one, "SIGKILL")
          child.kill("SIGKILL")
        })
    )
    const [child = 0] = yield* poll(
      Effect.sync(() => childrenOf(shim.pid)),
      ([one]) => KernelFile.read(`/proc/${one}/cmdline`)?.startsWith(`${program}\0`) === true
    )
    return child
  })

for (
  const [program, ...args] of [["runc", "restore", id], ["runc", "checkpoint", id], ["criu", "swrk", "3"]] as const
) {
  it.scopedLive(`waits for a ${program} that is at "${args[0]}" below the container's shim`, () =>
    Effect.gen(function* () {
      const child = yield* shimWith(program, ...args)
      expect(yield* Shim.settle("c".repeat(64), undefined)).toBe(true)
      const fibers = [
        yield* Effect.fork(Shim.settle(id, undefined)),
        // A process that is gone, and tells of no shim.
        yield* Effect.fork(Shim.settle(id, 0))
      ]
      yield* Effect.repeatN(Effect.yieldNow(), 50)
      for (const fiber of fibers) expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      process.kill(child, "SIGKILL")
      for (const fiber of fibers) expect(yield* Fiber.join(fiber)).toBe(true)
    }))
}

it.scopedLive("does not take the container's own first process for work", () =>
  Effect.gen(function* () {
    expect(yield* Shim.settle(id, yield* shimWith("criu", "swrk", "3"))).toBe(true)
  }))

it.scopedLive("does not take another program for work", () =>
  Effect.gen(function* () {
    yield* shimWith("runc", "exec", id)
    expect(yield* Shim.settle(id, undefined)).toBe(true)
  }))
