// The types hold, in their strictest reading.
import { refuses } from "./refuses.ts"

refuses("types", /^/m, [
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
])
