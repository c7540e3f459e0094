// The standard streams of a restored container: null, pipes with a reader that outlives us, a terminal.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../../src/effects/ContainerStore.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as LabContainer from "./LabContainer.ts"

const talker = [
  "/bin/sh",
  "-c",
  "i=0; while true; do i=$((i+1)); echo out $i; echo err $i >&2; " +
  "echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000; done"
]

for (const runtime of LabContainer.runtimes) {
  describe(runtime, () => {
    it.scopedLive("pipes come back as pipes, with readers that outlive us, and can be checkpointed again", () =>
      Effect.gen(function* () {
        const folder = yield* LabContainer.temporaryFolder
        const pipes = { stdout: `${folder}/out`, stderr: `${folder}/err` }
        const container = yield* LabContainer.make({ runtime, args: talker, pipes })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const oci = { stdout: `${folder}/out2`, stderr: `${folder}/err2` }
          yield* Checkpoints.restore(container.id, "first", { oci })
          const now = yield* container.count
          yield* container.counted(now + 5)
          expect(readFileSync(oci.stdout, "utf8")).toContain(`out ${now + 3}\n`)
          expect(readFileSync(oci.stderr, "utf8")).toContain(`err ${now + 3}\n`)
          expect(readFileSync(oci.stdout, "utf8")).not.toContain("err")
          yield* Checkpoints.create(container.id, "second")
          yield* Checkpoints.restore(container.id, "second")
          const later = yield* container.count
          yield* container.counted(later + 5)
          yield* Checkpoints.create(container.id, "third", { wait: false })
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a file for a stream that was no pipe is refused before a running container is touched", () =>
      Effect.gen(function* () {
        const container = yield* LabContainer.make({ runtime })
        yield* Effect.gen(function* () {
          yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first", { leaveRunning: true })
          const pid = yield* container.pid
          const oci = { stdout: `${container.folder}/out` }
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first", { oci, replace: true }))
          expect(error._tag).toBe("OptionUnsupported")
          expect(yield* container.pid).toBe(pid)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))

    it.scopedLive("a terminal is handed to the console socket, and missed where there is none", () =>
      Effect.gen(function* () {
        const consoleSocket = yield* terminals
        const container = yield* LabContainer.make({ runtime, terminal: true, consoleSocket })
        yield* Effect.gen(function* () {
          const before = yield* container.counted(3)
          yield* Checkpoints.create(container.id, "first")
          const error = yield* Effect.flip(Checkpoints.restore(container.id, "first"))
          expect("reason" in error ? error.reason : error).toBe("ConsoleMissing")
          expect(yield* Effect.flatMap(ContainerStore, (store) => store.list)).toEqual([])
          yield* Checkpoints.restore(container.id, "first", { oci: { consoleSocket } })
          yield* container.counted(before + 3)
        }).pipe(Effect.provide(LabContainer.layerOf(container)))
      }))
  })
}

/** A socket whose listener keeps every terminal that it is handed, for as long as the scope is open. */
const terminals = Effect.gen(function* () {
  const folder = yield* LabContainer.temporaryFolder
  const listener = `
import os, socket, sys
if os.fork(): sys.exit()
s = socket.socket(socket.AF_UNIX)
s.bind('${folder}/console')
s.listen()
kept = []
while os.path.exists('${folder}'):
    s.settimeout(0.5)
    try: c, _ = s.accept()
    except TimeoutError: continue
    kept.append(socket.recv_fds(c, 100, 1))
`
  yield* Effect.orDie(Process.run({ program: "python3", args: ["-c", listener], output: "null" }))
  return `${folder}/console`
})
