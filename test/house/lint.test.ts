// What the linter refuses: the language's own clock, chance and exceptions.
import { refuses } from "./refuses.ts"

refuses("lint", /^(?= *\S+:\d+:\d+ )/m, [
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
    what: "a layer looks at the clock of its host",
    file: "src/layers/oci/Watch.ts",
    text: "export const now = (): number => Date.now()\n",
    says: "from the service Clock"
  },
  {
    what: "a layer makes a date of now",
    file: "src/layers/oci/Calendar.ts",
    text: "export const today = () => new Date()\n",
    says: "from the service Clock"
  },
  {
    what: "an import is not used",
    file: "src/domain/Idle.ts",
    text: `import * as Option from "effect/Option"\nexport const one = 1\n`,
    says: "noUnusedImports"
  }
])
