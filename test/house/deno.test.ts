// The unbuilt source is what Deno runs.
import { refuses } from "./refuses.ts"

refuses("deno", /^(?= *TS\d+ )/m, [
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
])
