// The lock file installs on any platform, from any registry.
import { refuses } from "./refuses.ts"

const lock = {
  lockfileVersion: 3,
  packages: {
    "": {},
    "node_modules/one": { version: "1.0.0", resolved: "https://registry.example/one.tgz" },
    "node_modules/two": { version: "1.0.0", optionalDependencies: { "two-darwin-arm64": "1.0.0" } }
  }
}

refuses("lock", /^/m, [
  {
    what: "a package has the address of a registry",
    file: "package-lock.json",
    text: JSON.stringify(lock),
    says: "node_modules/one names a registry"
  }
])
