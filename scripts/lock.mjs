// The lock file holds on any machine: it names no registry, and every platform's variant of a package is in it. A registry
// that does not carry them all makes npm leave some out, and refuse its own lock file at the next `npm ci`.
//
//   node scripts/lock.mjs          says what is wrong
//   node scripts/lock.mjs --mend   puts it right
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { root } from "./children.mjs"

const file = join(root, "package-lock.json")
const lock = JSON.parse(await readFile(file, "utf8"))

/** @type {Array<[name: string, entry: Record<string, unknown>]>} */
const packages = Object.entries(lock.packages)

const located = packages.filter(([, entry]) => /^https?:/.test(String(entry["resolved"] ?? ""))).map(([name]) => name)

/** The words of a variant's name that say where it runs. @param {string} name @param {ReadonlyArray<string>} words */
const words = (name, words) => words.filter((word) => name.split(/[/-]/).includes(word))

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]

/** What is missing, as npm would write it but for the checksum. @type {Array<[name: string, entry: Record<string, unknown>]>} */
const missing = packages.flatMap(([, entry]) =>
  Object.entries(/** @type {Record<string, string>} */ (entry["optionalDependencies"] ?? {}))
    .filter(([name]) => !packages.some(([path]) => path.endsWith(`node_modules/${name}`)))
    .map(([name, version]) => {
      const musl = name.includes("musl")
      return /** @type {[string, Record<string, unknown>]} */ ([`node_modules/${name}`, {
        version: version.replace(/^[\^~]/, ""),
        cpu: words(name, processors),
        ...(entry["dev"] === true ? { dev: true } : {}),
        ...(entry["peer"] === true ? { peer: true } : {}),
        ...(musl || /-(gnu|glibc)\b/.test(name) ? { libc: [musl ? "musl" : "glibc"] } : {}),
        optional: true,
        os: words(name, systems)
      }])
    })
)

if (process.argv.includes("--mend")) {
  for (const [, entry] of packages) delete entry["resolved"]
  const all = [...packages, ...missing].sort(([a], [b]) => a < b ? -1 : 1)
  await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`)
} else if (located.length + missing.length > 0) {
  for (const name of located) console.log(`package-lock.json: ${name} names a registry`)
  for (const [name] of missing) console.log(`package-lock.json: ${name} is not there`)
  console.log("node scripts/lock.mjs --mend puts this right")
  process.exitCode = 1
}
