/**
 * A Docker daemon of the benchmark's own, for as long as a scope is open: its data on the scratch disk, its socket and the state
 * of its runtime in a folder of their own, so that it meets no daemon of the machine. Nothing of it is left afterwards.
 *
 * This file also holds Docker's own command, which the library is measured against.
 */
import { spawn, spawnSync } from "node:child_process"
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** A daemon that answers. */
export interface DockerDaemon {
  /** Its address. */
  readonly host: string
  /** Its folder on the disk, with that of its containerd in it. */
  readonly dataRoot: string
  /** Its folder in memory, with that of its containerd in it. */
  readonly execRoot: string
  /** Where the runtime beneath keeps the state of its containers. */
  readonly runtimeRoot: string
}

/** Starts a daemon and waits until it answers. `scratch` is a folder on a real disk. */
export const make = (scratch: string) =>
  Effect.map(
    Effect.acquireRelease(start(scratch), ({ daemon, ended, process }) =>
      Effect.gen(function* () {
        const containers = yield* attempt(daemon, ["ps", "--all", "--quiet"])
        const ids = containers.stdout.split("\n").filter((id) => id !== "")
        if (ids.length > 0) yield* attempt(daemon, ["rm", "--force", ...ids])
        process.kill("SIGTERM")
        yield* Effect.promise(() => ended)
        // The daemon binds it over itself, and may end before that is undone.
        spawnSync("umount", ["--recursive", daemon.dataRoot], { stdio: "ignore" })
        for (const folder of [daemon.dataRoot, daemon.execRoot]) {
          NodeFs.rmSync(folder, { recursive: true, force: true })
        }
      })),
    ({ daemon }) => daemon
  )

/** Runs Docker's own command and gives what it prints; that it fails is a defect of the benchmark. */
export const docker = (daemon: DockerDaemon, args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.flatMap(
    attempt(daemon, args),
    ({ status, stderr, stdout }) =>
      status === 0
        ? Effect.succeed(stdout.trim())
        : Effect.dieMessage(`docker ${args.join(" ")} failed: ${stderr.trim()}`)
  )

/** The same, for what may fail. */
export const attempt = ({ host }: DockerDaemon, args: ReadonlyArray<string>) =>
  Effect.sync(() => spawnSync("docker", ["--host", host, ...args], { encoding: "utf8" }))

const start = (scratch: string) =>
  Effect.gen(function* () {
    const [dataRoot, execRoot] = [`${scratch}/docker`, "/run/stasis-bench"]
    for (const folder of [dataRoot, execRoot]) {
      NodeFs.rmSync(folder, { recursive: true, force: true })
      NodeFs.mkdirSync(folder, { recursive: true })
    }
    const host = `unix://${execRoot}/docker.sock`
    const daemon: DockerDaemon = { host, dataRoot, execRoot, runtimeRoot: `${execRoot}/runtime-runc/moby` }
    const settings = {
      "experimental": true,
      "iptables": false,
      "ip6tables": false,
      "ip-forward": false,
      "bridge": "none",
      "data-root": dataRoot,
      "exec-root": execRoot,
      "hosts": [host],
      "pidfile": `${execRoot}/docker.pid`
    }
    const file = `${execRoot}/daemon.json`
    NodeFs.writeFileSync(file, JSON.stringify(settings))
    const log = NodeFs.openSync(`${scratch}/dockerd.log`, "w")
    // It ends with this process, however that ends, and its containers with it.
    const args = ["--pdeathsig", "TERM", "dockerd", "--config-file", file]
    const process = spawn("setpriv", args, { stdio: ["ignore", log, log] })
    NodeFs.closeSync(log)
    const ended = new Promise<void>((resolve) => {
      process.once("error", () => resolve()).once("exit", () => resolve())
    })
    yield* Effect.retry(
      Effect.filterOrFail(attempt(daemon, ["version"]), ({ status }) => status === 0, () => "not yet" as const),
      Schedule.spaced("50 millis").pipe(Schedule.intersect(Schedule.recurs(400)))
    ).pipe(
      Effect.tapError(() => Effect.sync(() => process.kill("SIGTERM"))),
      Effect.mapError(() =>
        new Error(`dockerd did not answer:\n${NodeFs.readFileSync(`${scratch}/dockerd.log`, "utf8")}`)
      ),
      Effect.orDie
    )
    return { daemon, process, ended }
  })
