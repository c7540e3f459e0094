// The domain and the services name nothing of a host.
import { refuses } from "./refuses.ts"

refuses("pure", /^/m, [
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
])
