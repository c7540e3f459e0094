// The lock file installs on any platform, from any registry.
import { expect, it } from "vitest"
import { refuses } from "./refuses.ts"
import * as StandIn from "./stand-in.ts"

const text = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    "": {},
    "node_modules/one": { version: "1.0.0", resolved: "https://registry.example/one.tgz" },
    "node_modules/two": { version: "1.0.0", optionalDependencies: { "two-darwin-arm64": "1.0.0" } }
  }
})

refuses("lock", /^/m, [
  {
    what: "a package has the address of a registry",
    file: "package-lock.json",
    text,
    says: "node_modules/one names a registry"
  },
  {
    what: "a platform's variant of a package is left out",
    file: "package-lock.json",
    text,
    says: "node_modules/two-darwin-arm64 is not there"
  }
])

it("mends what it refuses", async () => {
  const standIn = StandIn.make()
  standIn.plant("package-lock.json", text)
  expect(await standIn.run("lock.mjs", ["--mend"])).toMatchObject({ code: 0 })
  expect(await standIn.run("lock.mjs", [])).toEqual({ code: 0, output: "" })
  standIn.remove()
})
