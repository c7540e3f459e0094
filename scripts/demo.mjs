// `npm run demo`: a small container that counts is checkpointed, listed, restored and its checkpoint removed, each step
// printed as the command a person would type. Runs on this machine where CRIU works, else in the lab, else in memory, and
// says which. Leaves nothing behind.
//
//   npm run demo
//   npm run demo -- --in-memory   as where CRIU does not work and there can be no lab
import { spawnSync } from "node:child_process"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { setTimeout as wait } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "esbuild"

/** @typedef {{ readonly count: () => Promise<number>, readonly run: (...argv: ReadonlyArray<string>) => Promise<void> }} World */

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "")
const folder = mkdtempSync(join(tmpdir(), "stasis-demo-"))
/** @type {Array<() => void>} */
const undo = [() => rmSync(folder, { recursive: true, force: true })]
let interrupted = false
// The commands get Ctrl-C as well: the one that runs ends, and then everything is put away.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (interrupted = true))

class DemoFailed extends Error {}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof DemoFailed)) throw error
  console.error(`demo: ${interrupted ? "interrupted" : error.message}`)
  process.exitCode = interrupted ? 130 : 1
} finally {
  for (const step of undo.reverse()) step()
}

async function main() {
  const program = join(folder, "stasis.mjs")
  await bundle(`import "./src/cli/main.ts"`, program)
  if (process.argv[2] === "--here") return show("the lab", () => startContainer(program))
  const inMemory = () => show("the memory layer: no process is frozen, all else is the same", startInMemory)
  if (process.argv[2] === "--in-memory") return inMemory()
  const obstacle = obstacleHere(program)
  if (obstacle === undefined) return show("this machine, with its own CRIU", () => startContainer(program))
  const lab = obstacleToLab()
  if (lab === undefined) {
    console.log(`CRIU does not work on this machine itself (${obstacle}), so this runs in the lab.`)
    return spawnSync(join(root, "lab", "enter"), ["node", join(root, "scripts", "demo.mjs"), "--here"], {
      stdio: "inherit"
    })
      .status ?? 1
  }
  console.log(`CRIU does not work on this machine (${obstacle}), nor can it have a lab (${lab}).`)
  return inMemory()
}

/** @param {string} where @param {() => Promise<World>} start */
async function show(where, start) {
  say(`Where: ${where}`)
  const world = await start()
  const before = await world.count()
  await world.run("create", "counter", "first")
  await world.run("ls", "counter")
  say("Nothing counts for two seconds: the container is gone, its checkpoint is kept.")
  await wait(2000)
  await world.run("restore", "counter", "first")
  const after = await world.count()
  await world.run("rm", "counter", "first")
  await world.run("ls", "counter")
  say(`Before the checkpoint it had counted to ${before}; after the restore it counts on, at ${after}.`)
  if (after >= before && after < before + 20) return 0
  throw new DemoFailed("it did not go on from where it was")
}

/** Starts a container that counts ten times a second, with the programs of this machine. @param {string} program @returns {Promise<World>} */
async function startContainer(program) {
  const env = {
    ...process.env,
    STASIS_RUNTIME: "runc",
    STASIS_RUNTIME_ROOT: join(folder, "run"),
    STASIS_ROOT: join(folder, "stasis")
  }
  const count = `runc --root ${env.STASIS_RUNTIME_ROOT} exec counter cat /tmp/count`
  makeBundle(join(folder, "bundle"))
  console.log(`\n$ export STASIS_RUNTIME_ROOT=${env.STASIS_RUNTIME_ROOT} STASIS_ROOT=${env.STASIS_ROOT}`)
  undo.push(() => spawnSync("runc", ["--root", env.STASIS_RUNTIME_ROOT, "delete", "--force", "counter"]))
  shell(
    `runc --root $STASIS_RUNTIME_ROOT run --detach --bundle ${folder}/bundle counter </dev/null >/dev/null 2>&1`,
    env
  )
  // The first numbers are not worth a line.
  await until(async () => Number(spawnSync("sh", ["-c", count], { env, encoding: "utf8" }).stdout) >= 20)
  return {
    count: async () => Number(shell("runc --root $STASIS_RUNTIME_ROOT exec counter cat /tmp/count", env)),
    run: async (...argv) => {
      console.log(`\n$ stasis ${argv.join(" ")}`)
      const { status } = spawnSync(process.execPath, [program, ...argv], { env, stdio: "inherit" })
      if (status !== 0) throw new DemoFailed(`stasis ${argv[0]} ended with ${status}`)
    }
  }
}

/** The same on the memory layer, whose world lives in this process. @returns {Promise<World>} */
async function startInMemory() {
  const library = join(folder, "memory.mjs")
  await bundle(`export * from "./scripts/demoInMemory.ts"`, library)
  const { start } = await import(pathToFileURL(library).href)
  const { count, run } = await start("counter")
  return {
    count: async () => {
      const now = await count()
      console.log(`\n  (the container has counted to ${now})`)
      return now
    },
    run: async (...argv) => {
      console.log(`\n$ stasis ${argv.join(" ")}`)
      const code = await run(argv)
      if (code !== 0) throw new DemoFailed(`stasis ${argv[0]} ended with ${code}`)
    }
  }
}

/** Prints a command, runs it, gives its output. @param {string} command @param {NodeJS.ProcessEnv} env */
function shell(command, env) {
  console.log(`\n$ ${command}`)
  const { status, stderr, stdout } = spawnSync("sh", ["-c", command], { env, encoding: "utf8" })
  if (status !== 0) throw new DemoFailed(`${command.split(" ")[0]} ended with ${status}: ${stderr.trim()}`)
  process.stdout.write(stdout)
  return stdout
}

/** @param {string} path */
function makeBundle(path) {
  const top = ["bin", "sbin", "lib", "lib64", "usr"].filter((name) => existsSync(`/${name}`))
  for (const name of ["proc", "dev", "tmp"]) mkdirSync(join(path, "rootfs", name), { recursive: true })
  for (const name of top) {
    if (lstatSync(`/${name}`).isSymbolicLink()) symlinkSync(readlinkSync(`/${name}`), join(path, "rootfs", name))
    else mkdirSync(join(path, "rootfs", name))
  }
  const binds = top.filter((name) => !lstatSync(`/${name}`).isSymbolicLink())
  const loop = "i=0; while :; do i=$((i+1)); echo $i >/tmp/next; mv /tmp/next /tmp/count; sleep 0.1; done"
  writeFileSync(
    join(path, "config.json"),
    JSON.stringify({
      ociVersion: "1.0.0",
      process: {
        user: { uid: 0, gid: 0 },
        args: ["/bin/sh", "-c", loop],
        env: ["PATH=/usr/bin:/bin"],
        cwd: "/",
        noNewPrivileges: true
      },
      root: { path: "rootfs" },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
        { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=64k"] },
        ...binds.map((name) => ({ destination: `/${name}`, type: "bind", source: `/${name}`, options: ["bind", "ro"] }))
      ],
      linux: { namespaces: ["pid", "network", "ipc", "uts", "mount"].map((type) => ({ type })) }
    })
  )
}

/** Why CRIU does not work here, as `stasis check` says it; `undefined` when it does. @param {string} program */
function obstacleHere(program) {
  const { status, stderr } = spawnSync(process.execPath, [program, "check", "--runtime", "runc", "--quiet"], {
    encoding: "utf8"
  })
  return status === 0 ? undefined : stderr.trim().replace(/^stasis: /, "")
}

/** Why there can be no lab here; `undefined` when there can. */
function obstacleToLab() {
  const { error, status, stderr, stdout } = spawnSync(join(root, "lab", "make"), ["--check"], { encoding: "utf8" })
  return status === 0 ? undefined : error?.message ?? (stderr + stdout).trim()
}

/** @param {string} contents @param {string} outfile */
async function bundle(contents, outfile) {
  await build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@parcel/watcher"],
    banner: {
      js:
        `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url)`
    },
    logLevel: "error"
  })
}

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
  for (let tries = 0; tries < 200; tries++) {
    if (interrupted) throw new DemoFailed("interrupted")
    if (await condition()) return
    await wait(50)
  }
  throw new DemoFailed("the container does not count")
}

/** @param {string} text */
function say(text) {
  console.log(`\n# ${text}`)
}
