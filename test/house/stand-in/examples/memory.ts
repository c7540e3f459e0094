// A guest at a door in memory.
import { Door, Greeting } from "stasis"
import * as Memory from "stasis/Memory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const ada = Greeting.Guest.make("Ada")
const program = Effect.flatMap(Door.welcome(ada), Console.log)

await Effect.runPromise(Effect.provide(program, Memory.layer(ada)))
