// No effect is left floating, no error or requirement leaks.
import { refuses } from "./refuses.ts"

refuses("effect", /^/m, [
  {
    what: "an effect is left floating",
    file: "src/effects/Floating.ts",
    text: `import * as Effect from "effect/Effect"
export const lost = Effect.gen(function*() {
  Effect.log("nobody runs this")
  yield* Effect.void
})
`,
    says: "floatingEffect"
  },
  {
    what: "a service leaks what it stands on",
    file: "src/effects/Leaking.ts",
    text: `import type { FileSystem } from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
export class Leaking extends Context.Tag("stasis/Leaking")<Leaking, {
  readonly read: (path: string) => Effect.Effect<string, never, FileSystem>
  readonly write: (path: string) => Effect.Effect<void, never, FileSystem>
}>() {}
`,
    says: "leakingRequirements"
  },
  {
    what: "a requirement is missing in a type",
    file: "src/effects/Needy.ts",
    text: `import * as Effect from "effect/Effect"
import { Door } from "./Door.ts"
export const needy: Effect.Effect<void> = Effect.flatMap(Door, () => Effect.void)
`,
    says: "missingEffectContext"
  },
  {
    what: "an error is missing in a type",
    file: "src/effects/Hiding.ts",
    text: `import * as Effect from "effect/Effect"
import { Unwelcome } from "../domain/Greeting.ts"
import { Door } from "./Door.ts"
export const hiding = (unwelcome: Unwelcome): Effect.Effect<void, never, Door> => Effect.zipRight(Door, unwelcome)
`,
    says: "in the expected Effect errors"
  },
  {
    what: "a layer asks for more than it says",
    file: "src/layers/oci/Asking.ts",
    text: `import { FileSystem } from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Door } from "../../effects/Door.ts"
export const layer: Layer.Layer<Door> = Layer.effect(Door, Effect.map(FileSystem, () => ({ open: () => Effect.void })))
`,
    says: "missingLayerContext"
  },
  {
    what: "an error is anything",
    file: "src/effects/Vague.ts",
    text: `import * as Effect from "effect/Effect"
export const vague = (error: unknown) => Effect.fail(error)
`,
    says: "anyUnknownInErrorContext"
  },
  {
    what: "a layer throws dice of its own",
    file: "src/layers/oci/Dice.ts",
    text: "export const dice = (): number => Math.random()\n",
    says: "globalRandom"
  },
  {
    what: "a layer reads the environment",
    file: "src/layers/oci/Settings.ts",
    text: `export const home = process.env["HOME"]\n`,
    says: "processEnv"
  },
  {
    what: "a test leaves an effect floating",
    file: "test/domain/Floating.test.ts",
    text: `import * as Effect from "effect/Effect"
export const lost = () => {
  Effect.log("nobody runs this")
}
`,
    says: "floatingEffect"
  }
])
