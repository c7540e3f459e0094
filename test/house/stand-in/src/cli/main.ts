#!/usr/bin/env node
// The command line: the only place that provides layers.
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Guest } from "../domain/Greeting.ts"
import { welcome } from "../effects/Door.ts"
import { layer } from "../layers/memory/Memory.ts"

const greet = Command.make(
  "greet",
  { guest: Args.text({ name: "guest" }) },
  ({ guest }) => Effect.flatMap(welcome(Guest.make(guest)), Console.log)
)

const run = Command.run(greet, { name: "stand-in", version: "0.0.0" })

run(process.argv).pipe(
  Effect.provide(layer(Guest.make("Ada"))),
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain
)
