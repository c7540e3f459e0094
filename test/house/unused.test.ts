// No file and no export that nobody uses.
import { refuses } from "./refuses.ts"

refuses("unused", /^(?= *Unused )/m, [
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
])
