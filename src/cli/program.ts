/** The running of the program: its world, its streams, its signals, its end. */
import process from "node:process"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { opener } from "./opener.ts"
import * as ProcessOutput from "./ProcessOutput.ts"
import { run } from "./stasis.ts"

const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeTerminal.layer, ProcessOutput.layer)

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** Runs the command line and ends the process with its exit code. */
export const main = (argv: ReadonlyArray<string>): void => {
  // What never ends keeps the process alive while nothing else does, as with `events --follow`.
  const fiber = Effect.runFork(Effect.raceFirst(Effect.provide(run(argv, opener), platform), Effect.never))
  const received: Array<keyof typeof signals> = []
  const listeners = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const listener = () => {
      received.push(signal)
      if (received.length === 1) fiber.unsafeInterruptAsFork(fiber.id())
      else process.stderr.write("stasis: still waiting for the end of what cannot be stopped half-way\n")
    }
    process.on(signal, listener)
    return () => process.removeListener(signal, listener)
  })
  fiber.addObserver((exit) => {
    for (const remove of listeners) remove()
    const [signal] = received
    process.exit(signal !== undefined ? 128 + signals[signal] : Exit.isSuccess(exit) ? exit.value : 1)
  })
}
