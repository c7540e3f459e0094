/** Plain processes as the subjects of the contract suites and of the model's sequences. */
import { readdirSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Harness, Subject } from "../../contracts/Subject.ts"
import { poll } from "../oci/LabContainer.ts"
import * as LabProcess from "./LabProcess.ts"

/** How to make subjects. */
export const harness: Harness = {
  exact: false,
  make: Effect.gen(function* () {
    const tree = yield* LabProcess.make()
    return {
      id: tree.id,
      layer: tree.layer,
      count: tree.count,
      advance: (by) => Effect.flatMap(tree.count, (now) => tree.counted(now + by)),
      setPaused: (paused) =>
        Effect.gen(function* () {
          const pid = yield* tree.pid
          LabProcess.signalTree(pid, paused ? "SIGSTOP" : "SIGCONT")
          yield* poll(Effect.sync(() => LabProcess.stateOf(pid)), (state) => (state === "T") === paused)
        }),
      kill: tree.kill,
      start: tree.start,
      folder: Effect.sync(() => LabProcess.folderIn(tree.folder)),
      files: (path) => Effect.sync(() => readdirSync(path).sort())
    } satisfies Subject
  })
}
