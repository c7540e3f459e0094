/** The demo's container where CRIU does not work: one of the memory layer, driven by the command line in this process. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ProcessOutput from "../src/cli/ProcessOutput.ts"
import { run } from "../src/cli/stasis.ts"
import * as Processes from "../src/effects/Processes.ts"
import * as Memory from "../src/layers/memory/Memory.ts"

const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeTerminal.layer, ProcessOutput.layer)

/** Makes a world with one container in it that has counted a while. */
export const start = async (id: string) => {
  const world = await Effect.runPromise(Memory.make({ containers: [{ id }] }))
  await Effect.runPromise(world.control.advance(id, 20))
  return {
    /** How far it has counted: a step further each time that somebody looks. */
    count: () => Effect.runPromise(Effect.zipRight(world.control.advance(id), world.control.count(id))),
    /** Runs `stasis ...argv` on the world; gives the exit code. */
    run: (argv: ReadonlyArray<string>) =>
      Effect.runPromise(Effect.provide(
        run(argv, {
          present: () => Effect.succeed(["memory"]),
          open: () => Layer.merge(Memory.layerOf(world), Processes.unsupported("memory")),
          images: world.imageFolders
        }),
        platform
      ))
  }
}

process.stdout.setMaxListeners(0)
