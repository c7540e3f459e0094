/** Containers of containerd, started by `ctr`, as the subjects of the contract suites and of the model's sequences. */
import { mkdtempSync, readdirSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Harness, Subject } from "../../contracts/Subject.ts"
import * as LabContainerd from "./LabContainerd.ts"

/** How to make subjects. */
export const harness: Harness = {
  exact: false,
  make: Effect.gen(function* () {
    const container = yield* LabContainerd.make({ labels: { team: "blue" } })
    yield* container.counted(1)
    return {
      id: container.id,
      layer: LabContainerd.layerOf(container),
      count: container.count,
      advance: (by) => Effect.flatMap(container.count, (now) => container.counted(now + by)),
      setPaused: (paused) => Effect.asVoid(container.ctr("task", paused ? "pause" : "resume", container.id)),
      kill: container.kill,
      start: Effect.zipRight(container.start, Effect.asVoid(container.counted(1))),
      folder: Effect.sync(() => mkdtempSync(`${container.containerd.folder}/folder-`)),
      files: (path) => Effect.sync(() => readdirSync(path).sort())
    } satisfies Subject
  })
}
