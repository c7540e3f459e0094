// The browser in which the tests open what the project shows: Debian's Chromium, installed where it is missing. Its path on
// stdout.
//
//   node scripts/browser.mjs           installs it unless it is there
//   node scripts/browser.mjs --check   says in one line why it cannot be had here (exit code 0 or 1)
//
// STASIS_BROWSER   another Chromium
import { access, constants, readFile } from "node:fs/promises"
import { delimiter, join } from "node:path"
import process from "node:process"
import { run } from "./children.mjs"

const name = "chromium"

/** Where it is; `undefined` where it is not. */
const find = async () => {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  for (const path of [process.env["STASIS_BROWSER"] ?? "", ...folders.map((folder) => join(folder, name))]) {
    if (path !== "" && await access(path, constants.X_OK).then(() => true, () => false)) return path
  }
  return undefined
}

/** Why it cannot be had; `undefined` where it can. */
const obstacle = async () => {
  if (await find() !== undefined) return undefined
  const system = await readFile("/etc/os-release", "utf8").catch(() => "")
  // Ubuntu's package of that name only points to a snap.
  if (!/^ID=debian$/m.test(system)) return `${name} is missing, name one in STASIS_BROWSER`
  return process.getuid?.() === 0 ? undefined : `${name} is missing (apt-get install ${name})`
}

/** @param {ReadonlyArray<string>} args */
const aptGet = (args) => run("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", ...args], { seconds: 300 })

const why = await obstacle()
if (why !== undefined) {
  console.log(why)
  process.exitCode = 1
} else if (!process.argv.includes("--check")) {
  if (await find() === undefined) {
    console.error(`browser: installing ${name} with apt-get`)
    const install = ["install", "-qq", "-y", "--no-install-recommends", name]
    let { code, output } = await aptGet(install)
    if (code !== 0) {
      await aptGet(["update", "-qq"])
      ;({ code, output } = await aptGet(install))
    }
    if (code !== 0) console.error(output)
  }
  const path = await find()
  if (path === undefined) process.exitCode = 1
  else console.log(path)
}
