/**
 * A Docker daemon of a test's own and containers of it, for tests in the lab: everything that a daemon keeps lies in fresh folders,
 * and all of it is gone with the scope, containers first.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { env } from "node:process"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Proc from "../../../src/layers/shared/Proc.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import { poll, readCount } from "../oci/LabContainer.ts"
import * as LabImage from "./LabImage.ts"

/** What a daemon is made like. */
export interface DaemonRecipe {
  /** Addresses that it listens at beside its socket. */
  readonly hosts?: ReadonlyArray<string>
  /** What its configuration file says beside what keeps it apart from others. */
  readonly config?: Readonly<Record<string, unknown>>
  /** The group that may use its socket. */
  readonly group?: string
}

/** A daemon that runs. */
export interface LabDocker {
  /** The address of its socket. */
  readonly host: string
  readonly socket: string
  /** Its root. */
  readonly dataRoot: string
  /** The root of its runtimes' state: the one of runc is `<execRoot>/runtime-runc/moby`. */
  readonly execRoot: string
  /** A folder for what a test keeps beside it, gone with the scope. */
  readonly folder: string
  /** Runs the docker command and gives what it printed; a failure is a defect of the test. */
  readonly docker: (...args: ReadonlyArray<string>) => Effect.Effect<string>
  /** The same, whatever comes of it. */
  readonly attempt: (...args: ReadonlyArray<string>) => Effect.Effect<Process.Finished>
  /** Runs a word of runc on a container, past the daemon. */
  readonly runc: (word: string, id: string) => Effect.Effect<string>
  /** Makes and starts a container. */
  readonly container: (recipe?: ContainerRecipe) => Effect.Effect<LabDockerContainer, never, Scope.Scope>
  /** Ends the daemon as an operator would; its containers end with it. */
  readonly stop: Effect.Effect<void>
  /** Starts it again, with what it keeps. */
  readonly start: Effect.Effect<void>
  /** What it has written. */
  readonly log: Effect.Effect<string>
}

/** What a container is made of. */
export interface ContainerRecipe {
  readonly name?: string
  /** The program; one that counts when absent. */
  readonly args?: ReadonlyArray<string>
  /** Lets the container run Python, `/bin/python3`: its library is this machine's, read-only. */
  readonly python?: boolean
  readonly labels?: Readonly<Record<string, string>>
  /** `none` when absent. */
  readonly network?: string
  readonly tty?: boolean
  readonly autoRemove?: boolean
  /** Such as `always` or `on-failure:3`. */
  readonly restart?: string
  /** As `docker run --volume` takes them. */
  readonly volumes?: ReadonlyArray<string>
  /** A shell's line that says whether it is well, every 200 ms. */
  readonly healthcheck?: string
  /** More of what `docker run` takes. */
  readonly flags?: ReadonlyArray<string>
}

/** A container that runs. */
export interface LabDockerContainer {
  readonly id: string
  readonly name: string
  /** Its first process, as the daemon tells it; 0 when there is none. */
  readonly pid: Effect.Effect<number>
  /** How far it has counted; 0 when it does not run. */
  readonly count: Effect.Effect<number>
  /** Waits until it has counted so far. */
  readonly counted: (atLeast: number) => Effect.Effect<number>
  /** Its `State.Status`. */
  readonly status: Effect.Effect<string>
  /** One of its properties, by a template of `docker inspect`. */
  readonly tell: (template: string) => Effect.Effect<string>
  /** A text file of it; empty when there is none. */
  readonly file: (path: string) => Effect.Effect<string>
}

/** Starts a daemon. */
export const make = (recipe: DaemonRecipe = {}): Effect.Effect<LabDocker, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* folderIn(env["STASIS_LAB_SCRATCH"] ?? tmpdir())
    const run = yield* folderIn("/run")
    chmodSync(run, 0o711)
    const socket = `${run}/docker.sock`
    const host = `unix://${socket}`
    const dataRoot = `${folder}/docker`
    const execRoot = `${run}/exec`
    const pidfile = `${run}/docker.pid`
    writeFileSync(
      `${run}/daemon.json`,
      JSON.stringify({
        experimental: true,
        iptables: false,
        ip6tables: false,
        "ip-forward": false,
        bridge: "none",
        "data-root": dataRoot,
        "exec-root": execRoot,
        hosts: [host, ...(recipe.hosts ?? [])],
        pidfile,
        ...(recipe.group === undefined ? {} : { group: recipe.group }),
        ...recipe.config
      })
    )
    const lastLines = () => readText(`${run}/log`).slice(-2000)
    const attempt = (...args: ReadonlyArray<string>) =>
      Effect.orDie(Process.run({ program: "docker", args: ["--host", host, ...args], env: { HOME: folder } }))
    const docker = (...args: ReadonlyArray<string>) => mustRun("docker", ["--host", host, ...args], { HOME: folder })
    const start = Effect.gen(function* () {
      const log = openSync(`${run}/log`, "a")
      yield* Effect.orDie(Process.start({
        program: "dockerd",
        args: ["--config-file", `${run}/daemon.json`],
        streams: { stdout: log, stderr: log }
      }))
      closeSync(log)
      const answers = Effect.map(attempt("version"), ({ code }) => code === 0)
      yield* poll(answers, (isThere) => isThere).pipe(
        Effect.timeout("20 seconds"),
        Effect.catchAll(() => Effect.dieMessage(`dockerd does not answer: ${lastLines()}`))
      )
    })
    const stop = Effect.gen(function* () {
      const pids = [pidfile, `${execRoot}/containerd/containerd.pid`].map((path) => Number(readText(path)))
      const found = pids.flatMap((pid) => {
        const stat = Proc.stat(pid)
        return stat === undefined ? [] : [{ pid, startTime: stat.startTime }]
      })
      if (Proc.stat(pids[0] ?? 0) !== undefined) yield* mustRun("kill", ["-TERM", String(pids[0])])
      // Its own containerd ends after it, and until then has files open in the root.
      for (const { pid, startTime } of found) {
        if (!(yield* Proc.awaitEnd(pid, startTime))) yield* Effect.dieMessage(`dockerd does not end: ${lastLines()}`)
      }
    })
    yield* Effect.acquireRelease(start, () =>
      Effect.gen(function* () {
        const { stdout } = yield* attempt("ps", "--all", "--quiet", "--no-trunc")
        const ids = stdout.split("\n").filter((one) => one !== "")
        if (ids.length > 0) yield* attempt("rm", "--force", "--volumes", ...ids)
        yield* stop
        yield* release([dataRoot, run])
      }))
    yield* docker("import", yield* LabImage.archive, image)
    return {
      host,
      socket,
      dataRoot,
      execRoot,
      folder,
      docker,
      attempt,
      runc: (word, id) => mustRun("runc", ["--root", `${execRoot}/runtime-runc/moby`, word, id]),
      container: (one = {}) => makeContainer(docker, attempt, one),
      stop,
      start,
      log: Effect.sync(() => readText(`${run}/log`))
    }
  })

/** The name of the image. */
const image = "bb"

/** Counts in steps of about ten milliseconds, in memory: what it counted is part of a checkpoint. */
const counter = [
  "/bin/sh",
  "-c",
  "i=0; while true; do i=$((i+1)); echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000; done"
]

const makeContainer = (
  docker: LabDocker["docker"],
  attempt: LabDocker["attempt"],
  recipe: ContainerRecipe
): Effect.Effect<LabDockerContainer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { id } = yield* Effect.acquireRelease(
      Effect.map(docker("run", "--detach", ...flagsOf(recipe), image, ...(recipe.args ?? counter)), (text) => ({
        id: text.trim()
      })),
      ({ id }) => attempt("rm", "--force", "--volumes", id)
    )
    const tell = (template: string) => Effect.map(docker("inspect", "--format", template, id), (text) => text.trim())
    const pid = Effect.map(attempt("inspect", "--format", "{{.State.Pid}}", id), ({ stdout }) => Number(stdout))
    const count = Effect.map(pid, (one) => one === 0 ? 0 : readCount(one))
    return {
      id,
      name: (yield* tell("{{.Name}}")).slice(1),
      pid,
      count,
      counted: (atLeast) => poll(count, (now) => now >= atLeast),
      status: tell("{{.State.Status}}"),
      tell,
      file: (path) => Effect.map(pid, (one) => readText(`/proc/${one}/root${path}`))
    }
  })

const flagsOf = (recipe: ContainerRecipe): ReadonlyArray<string> => [
  // Without these, runc 1.1 and CRIU 4 do not restore it here (design, section 8).
  ...["--security-opt", "seccomp=unconfined", "--network", recipe.network ?? "none", "--tmpfs", "/tmp"],
  // A shell as the first process pays no heed to being asked to end.
  ...["--stop-timeout", "1"],
  ...(recipe.name === undefined ? [] : ["--name", recipe.name]),
  // Not `/usr` as a whole: what is mounted in it, in the lab, CRIU does not know.
  ...(recipe.python === true ? ["--volume", "/usr/lib:/usr/lib:ro"] : []),
  ...Object.entries(recipe.labels ?? {}).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
  ...(recipe.tty === true ? ["--tty"] : []),
  ...(recipe.autoRemove === true ? ["--rm"] : []),
  ...(recipe.restart === undefined ? [] : ["--restart", recipe.restart]),
  ...(recipe.volumes ?? []).flatMap((volume) => ["--volume", volume]),
  ...(recipe.healthcheck === undefined
    ? []
    : ["--health-cmd", recipe.healthcheck, "--health-interval", "200ms", "--health-retries", "1"]),
  ...(recipe.flags ?? [])
]

/** Unmounts what a daemon leaves mounted in its folders, and takes away the cgroups that it made. */
const release = (folders: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const mounts = readText("/proc/self/mounts").split("\n").map((line) => line.split(" ")[1] ?? "").filter((path) =>
      folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
    )
    // The last of what the daemon has started may have its folder there for a moment yet.
    for (const path of mounts.reverse()) {
      yield* poll(Effect.orDie(Process.run({ program: "umount", args: [path] })), ({ code }) => code === 0).pipe(
        Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => `"${path}" is busy` }),
        Effect.orDie
      )
    }
    yield* Effect.sync(() => removeEmpty("/sys/fs/cgroup/docker"))
  })

/** A cgroup that holds nothing any more; one that does stays. */
const removeEmpty = (cgroup: string): void => {
  Option.liftThrowable(rmdirSync)(cgroup)
}

const folderIn = (parent: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(`${parent}/stasis-docker-`)),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )

const mustRun = (
  program: string,
  args: ReadonlyArray<string>,
  variables: Readonly<Record<string, string>> = {}
): Effect.Effect<string> =>
  Effect.flatMap(
    Effect.orDie(Process.run({ program, args, env: variables })),
    (finished) =>
      finished.code === 0
        ? Effect.succeed(finished.stdout)
        : Effect.dieMessage(`${program} ${args.join(" ")}: code ${finished.code}: ${finished.stderr}`)
  )

const readText = (path: string): string => existsSync(path) ? readFileSync(path, "utf8") : ""
