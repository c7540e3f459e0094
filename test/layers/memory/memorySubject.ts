/** Containers in memory for the contract suites. */
import * as Effect from "effect/Effect"
import * as Memory from "stasis/Memory"
import type { Harness, Subject } from "../../contracts/Subject.ts"

/** A container in memory, with the control over its world. */
export interface MemorySubject extends Subject {
  readonly layer: ReturnType<typeof Memory.layerOf>
  readonly world: Memory.MemoryWorld
}

/** How to make them. */
export const harness = (
  config: Memory.MemoryConfig = {}
): Harness & { readonly make: Effect.Effect<MemorySubject> } => ({
  exact: true,
  make: Effect.map(Memory.make({ ...config, containers: [container, neighbour] }), subjectOf)
})

const container: Memory.MemoryContainer = { id: "counter-1", image: "busybox", labels: { a: "b" } }
const neighbour: Memory.MemoryContainer = { id: "other" }

const subjectOf = (world: Memory.MemoryWorld): MemorySubject => {
  const { id } = container
  const { control } = world
  const known = (count: number | undefined) =>
    count === undefined ? Effect.dieMessage(`there is no container ${id}`) : Effect.succeed(count)
  let folders = 0
  return {
    id,
    world,
    layer: Memory.layerOf(world),
    count: Effect.flatMap(control.count(id), known),
    advance: (by) => Effect.flatMap(control.advance(id, by), known),
    setPaused: (paused) => Effect.asVoid(control.setPaused(id, paused)),
    kill: Effect.asVoid(control.kill(id)),
    start: control.start(container),
    folder: Effect.suspend(() => {
      const path = `/folders/${++folders}`
      return Effect.as(Effect.orDie(control.fileSystem.makeDirectory(path, { recursive: true, mode: 0o700 })), path)
    }),
    files: (path) => Effect.orDie(Effect.map(control.fileSystem.readDirectory(path), (names) => names.sort()))
  }
}
