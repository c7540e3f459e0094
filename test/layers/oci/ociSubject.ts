/** Containers of runc and crun as the subjects of the contract suites and of the model's sequences. */
import { mkdtempSync, readdirSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Oci from "../../../src/layers/oci/Oci.ts"
import type { Harness, Subject } from "../../contracts/Subject.ts"
import * as LabContainer from "./LabContainer.ts"

/** How to make subjects of a runtime. */
export const harness = (runtime: Oci.RuntimeName): Harness => ({
  exact: false,
  make: Effect.gen(function* () {
    const container = yield* LabContainer.make({ runtime, annotations: { team: "blue" } })
    yield* container.counted(1)
    return {
      id: container.id,
      layer: LabContainer.layerOf(container),
      count: container.count,
      advance: (by) => Effect.flatMap(container.count, (now) => container.counted(now + by)),
      setPaused: (paused) => Effect.asVoid(container.bare(paused ? "pause" : "resume", container.id)),
      kill: Effect.asVoid(container.bare("delete", "--force", container.id)),
      start: Effect.zipRight(container.start, Effect.asVoid(container.counted(1))),
      folder: Effect.sync(() => mkdtempSync(`${container.folder}/folder-`)),
      files: (path) => Effect.sync(() => readdirSync(path).sort())
    } satisfies Subject
  })
})
