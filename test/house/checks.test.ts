// Every check is proved by what it refuses: violations are planted in a copy of the project, and each has to be named.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as StandIn from "./stand-in.ts"

interface Violation {
  readonly what: string
  /** Where it is planted. */
  readonly file: string
  readonly text: string
  /** What the check says of it, besides the name of the file. */
  readonly says: string
  /** The file that is named, where it is not the planted one. */
  readonly names?: string
}

const folders: ReadonlyArray<Violation> = [
  {
    what: "the domain uses a service",
    file: "src/domain/Caller.ts",
    text: `export { welcome } from "../effects/Door.ts"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain uses the type of a service",
    file: "src/domain/Typed.ts",
    text: `import type { Door } from "../effects/Door.ts"\nexport type Doors = ReadonlyArray<Door>\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain loads a service later",
    file: "src/domain/Later.ts",
    text: `export const later = () => import("../effects/Door.ts")\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain runs effects",
    file: "src/domain/Runner.ts",
    text: `import * as Effect from "effect/Effect"\nexport const done = Effect.void\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain knows the time",
    file: "src/domain/Timely.ts",
    text: `export { currentTimeMillis } from "effect/Clock"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain streams",
    file: "src/domain/Streamer.ts",
    text: `import * as Stream from "effect/Stream"\nexport const nothing = Stream.empty\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain knows a platform",
    file: "src/domain/Platform.ts",
    text: `export { FileSystem } from "@effect/platform/FileSystem"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain reads a disk",
    file: "src/domain/Reader.ts",
    text: `export { readFileSync } from "node:fs"\n`,
    says: "domain-is-pure"
  },
  {
    what: "the domain imports a barrel",
    file: "src/domain/Barrel.ts",
    text: `export { Schema } from "effect"\n`,
    says: "domain-is-pure"
  },
  {
    what: "a service uses a layer",
    file: "src/effects/Layered.ts",
    text: `export { holds } from "../layers/shared/Keys.ts"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "a service reads a disk",
    file: "src/effects/Reader.ts",
    text: `export { readFileSync } from "node:fs"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "a service knows its host",
    file: "src/effects/Hosted.ts",
    text: `export { layer } from "@effect/platform-node/NodeFileSystem"\n`,
    says: "effects-know-no-layer"
  },
  {
    what: "what worlds share uses a world",
    file: "src/layers/shared/Worldly.ts",
    text: `export { layer } from "../memory/Memory.ts"\n`,
    says: "shared-knows-no-world"
  },
  {
    what: "a world uses another world",
    file: "src/layers/oci/Neighbour.ts",
    text: `export { layer } from "../memory/Memory.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a world uses the command line",
    file: "src/layers/memory/Operator.ts",
    text: `import "../../cli/main.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a world uses the library's door",
    file: "src/layers/memory/Outside.ts",
    text: `export * from "../../mod.ts"\n`,
    says: "worlds-are-apart"
  },
  {
    what: "a service uses the command line",
    file: "src/effects/Operator.ts",
    text: `import "../cli/main.ts"\n`,
    says: "cli-is-last"
  },
  {
    what: "the library's door opens on a world",
    file: "src/mod.ts",
    text: `export * as Memory from "./layers/memory/Memory.ts"\n`,
    says: "door-opens-on-services"
  },
  {
    what: "the command line imports a barrel",
    file: "src/cli/Barrel.ts",
    text: `export { NodeContext } from "@effect/platform-node"\n`,
    says: "subpath-imports-only"
  },
  {
    what: "a file has no place",
    file: "src/utils/text.ts",
    text: `export { words } from "../domain/Greeting.ts"\n`,
    says: "every-file-has-a-place"
  },
  {
    what: "a file without a place is used",
    file: "src/cli/Helped.ts",
    text: `export { words } from "../utils/text.ts"\n`,
    says: "nothing-from-elsewhere"
  },
  {
    what: "two files need each other",
    file: "src/domain/Chicken.ts",
    text: `import type { Egg } from "./Egg.ts"\nexport interface Chicken { readonly from: Egg }\n`,
    says: "no-cycle"
  },
  {
    what: "the other of the two",
    file: "src/domain/Egg.ts",
    text: `import type { Chicken } from "./Chicken.ts"\nexport interface Egg { readonly of: Chicken }\n`,
    says: "no-cycle"
  },
  {
    what: "an import leads nowhere",
    file: "src/layers/oci/Lost.ts",
    text: `export * from "./Nowhere.ts"\n`,
    says: "resolves"
  },
  {
    what: "the source uses a test",
    file: "src/layers/oci/Tested.ts",
    text: `import "../../../test/domain/Greeting.test.ts"\n`,
    says: "source-stands-alone"
  }
]

const lint: ReadonlyArray<Violation> = [
  {
    what: "something is thrown",
    file: "src/layers/oci/Thrower.ts",
    text: `export const fail = (): never => {\n  throw new Error("lost to the types")\n}\n`,
    says: "instead of throwing"
  },
  {
    what: "an error becomes a defect",
    file: "src/effects/Dying.ts",
    text: `import * as Effect from "effect/Effect"\nexport const dying = Effect.orDie(Effect.fail("no"))\n`,
    says: "is no defect"
  },
  {
    what: "any is a type",
    file: "src/effects/Anything.ts",
    text: "export const same = (value: any): unknown => value\n",
    says: "noExplicitAny"
  },
  {
    what: "the domain throws dice",
    file: "src/domain/Dice.ts",
    text: "export const dice = Math.random\n",
    says: "randomness comes from"
  },
  {
    what: "the domain throws dice in a roundabout way",
    file: "src/domain/Roundabout.ts",
    text: `export const dice = Math["random"]()\n`,
    says: "which function of Math"
  },
  {
    what: "the domain looks at the clock",
    file: "src/domain/Watch.ts",
    text: "export const now = (): number => Date.now()\n",
    says: "a time is an argument"
  },
  {
    what: "the domain looks at the clock of a data module",
    file: "src/domain/Watch2.ts",
    text: `import * as DateTime from "effect/DateTime"\nexport const now = () => DateTime.unsafeNow()\n`,
    says: "the time is an argument"
  },
  {
    what: "the domain makes a date of now",
    file: "src/domain/Calendar.ts",
    text: "export const today = () => new Date()\n",
    says: "a time is an argument"
  },
  {
    what: "the domain reaches for a global",
    file: "src/domain/Grasp.ts",
    text: "export const host = globalThis\n",
    says: "reaches for no global"
  },
  {
    what: "an import is not used",
    file: "src/domain/Idle.ts",
    text: `import * as Option from "effect/Option"\nexport const one = 1\n`,
    says: "noUnusedImports"
  }
]

const pure: ReadonlyArray<Violation> = [
  ...["process", "console", "fetch", "setTimeout", "Buffer", "crypto", "performance", "Deno", "navigator"].map((
    name
  ) => ({
    what: `the domain names ${name}`,
    file: `src/domain/Uses_${name}.ts`,
    text: `export const host = ${name}\n`,
    says: `Cannot find name '${name}'`
  })),
  {
    what: "a service names process",
    file: "src/effects/Hosted.ts",
    text: "export const args = process.argv\n",
    says: "Cannot find name 'process'"
  }
]

const types: ReadonlyArray<Violation> = [
  {
    what: "a type does not fit",
    file: "src/domain/Misfit.ts",
    text: `export const one: number = "one"\n`,
    says: "TS2322"
  },
  {
    what: "an element may be missing",
    file: "src/domain/Missing.ts",
    text: "export const first = (all: ReadonlyArray<number>): number => all[0]\n",
    says: "TS2322"
  },
  {
    what: "an option may be undefined",
    file: "src/domain/Optional.ts",
    text: "export const none: { readonly a?: number } = { a: undefined }\n",
    says: "TS2375"
  },
  {
    what: "syntax that cannot be erased",
    file: "src/domain/Enum.ts",
    text: "export enum One {\n  a\n}\n",
    says: "TS1294"
  },
  {
    what: "a test does not fit",
    file: "test/domain/Misfit.test.ts",
    text: `export const one: number = "one"\n`,
    says: "TS2322"
  },
  {
    what: "a script does not fit",
    file: "scripts/misfit.mjs",
    text: `/** @type {number} */\nexport const one = "one"\n`,
    says: "TS2322"
  }
]

const effect: ReadonlyArray<Violation> = [
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
    says: "missingEffectError"
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
    what: "a layer looks at the clock of its host",
    file: "src/layers/oci/Watch.ts",
    text: "export const now = (): number => Date.now()\n",
    says: "globalDate"
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
]

const unused: ReadonlyArray<Violation> = [
  {
    what: "nobody uses a file",
    file: "src/layers/oci/Forgotten.ts",
    text: "export const forgotten = 1\n",
    says: "Unused files"
  },
  {
    what: "nobody uses an export",
    file: "src/layers/shared/Keys.ts",
    text: `import * as HashSet from "effect/HashSet"
import type { Guest } from "../../domain/Greeting.ts"
export const holds = (keys: HashSet.HashSet<Guest>, guest: Guest): boolean => HashSet.has(keys, guest)
export const superfluous = 1
`,
    says: "Unused exports"
  }
]

const deno: ReadonlyArray<Violation> = [
  {
    what: "an import names the built file",
    file: "src/domain/Built.ts",
    text: `export { words } from "./Greeting.js"\n`,
    says: "Cannot find module"
  },
  {
    what: "a type does not fit",
    file: "src/domain/Misfit.ts",
    text: `export const one: number = "one"\n`,
    says: "TS2322"
  }
]

const format: ReadonlyArray<Violation> = [
  {
    what: "semicolons and single quotes",
    file: "src/domain/Foreign.ts",
    text: "export const one = 'one';\n",
    says: "from"
  },
  {
    what: "a page in disorder",
    file: "docs/page.md",
    text: "# Title\ntext\n* item\n",
    says: "from"
  }
]

describe.each(Object.entries({ format, lint, folders, unused, pure, types, effect, deno }))(
  "the check %s",
  (name, violations) => {
    let standIn: StandIn.StandIn
    let before: StandIn.Outcome
    let after: StandIn.Outcome

    beforeAll(async () => {
      standIn = StandIn.make()
      before = await standIn.run("check.mjs", ["--only", name])
      for (const { file, text } of violations) standIn.plant(file, text)
      after = await standIn.run("check.mjs", ["--only", name])
    })

    afterAll(() => standIn.remove())

    it("passes without them", () => {
      expect(before).toMatchObject({ code: 0, output: expect.stringMatching(/^ok /) })
    })

    it("fails with them, and names itself", () => {
      expect(after.code).toBe(1)
      expect(after.output.trimEnd().split("\n").at(-1)).toBe(`failed: ${name}`)
    })

    it.each(violations)("names it when $what", ({ file, says }) => {
      const reports = after.output.split("\n").filter((_, index, lines) =>
        lines.slice(index, index + 8).join("\n").includes(file)
      )
      expect(reports.join("\n") + after.output.slice(after.output.indexOf(file), after.output.indexOf(file) + 400))
        .toContain(says)
    })
  }
)
