/** The `ContainerStore` of an in-memory world. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { ContainerNotFound } from "../../domain/CheckpointError.ts"
import { resolve } from "../../domain/Container.ts"
import type { ContainerStore } from "../../effects/ContainerStore.ts"
import type { Faults } from "./Faults.ts"
import type { MemoryContainers } from "./MemoryContainers.ts"

/** The store of these containers. */
export const make = (containers: MemoryContainers, faults: Faults): Context.Tag.Service<ContainerStore> => ({
  list: faults.around("ContainerStore.list", Effect.sync(() => containers.all)),
  find: (reference) =>
    faults.around(
      "ContainerStore.find",
      Effect.suspend(() => {
        const exact = containers.get(reference)
        return exact === undefined ? resolve(reference, containers.all) : Effect.succeed(exact)
      })
    ),
  get: (id) =>
    faults.around(
      "ContainerStore.get",
      Effect.suspend(() => {
        const container = containers.get(id)
        return container === undefined ? new ContainerNotFound({ container: id }) : Effect.succeed(container)
      })
    )
})
