/**
 * Real containers for tests in the lab: a bundle with a static busybox or a Python program, started by runc or crun
 * with null streams, and gone with the scope.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Process from "../../../src/layers/shared/Process.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"

/** The runtimes that every test of this folder runs with. */
export const runtimes: ReadonlyArray<Oci.RuntimeName> = ["runc", "crun"]

/** What a container is made of. */
export interface Recipe {
  readonly runtime: Oci.RuntimeName
  /** The program; {@link counter} when absent. */
  readonly args?: ReadonlyArray<string>
  /** Lets the container see this machine's programs (Python, for one), read-only. */
  readonly programs?: boolean
  readonly annotations?: Readonly<Record<string, string>>
  /** Folders of this machine that it sees at the same path. */
  readonly binds?: ReadonlyArray<string>
  /** Paths of namespaces to join, by type. */
  readonly namespaces?: Readonly<Record<string, string>>
  /** The first of the host's ids that its own are mapped to, from 0 on: it is given a user namespace. */
  readonly mappedTo?: number
  readonly terminal?: boolean
  /** Gives it pipes as its output and error, whose readers append to these files. */
  readonly pipes?: { readonly stdout: string; readonly stderr: string }
  /** Gives it a file outside of it as its output. */
  readonly output?: string
  /** The socket that is handed its terminal. */
  readonly consoleSocket?: string
}

/** A container that runs. */
export interface LabContainer {
  readonly id: string
  readonly bundle: string
  /** The folder of everything that this container is made of. */
  readonly folder: string
  /** What `Oci.layer` is given to see it. */
  readonly config: Oci.OciConfig & { readonly root: string; readonly stasisRoot: string }
  /** Runs the bare runtime and gives what it printed; a failure is a defect of the test. */
  readonly bare: (...args: ReadonlyArray<string>) => Effect.Effect<string>
  /** Its first process, as the runtime tells it. */
  readonly pid: Effect.Effect<number>
  /** How far it has counted. */
  readonly count: Effect.Effect<number>
  /** A text file of it; empty when there is none. */
  readonly file: (path: string) => Effect.Effect<string>
  /** Waits until it has counted so far. */
  readonly counted: (atLeast: number) => Effect.Effect<number>
  /** Starts it (again), with null streams. */
  readonly start: Effect.Effect<void>
}

/** Counts in steps of about ten milliseconds, in a file system of its own: what it counted is part of a checkpoint. */
const counter = [
  "/bin/sh",
  "-c",
  "i=0; while true; do i=$((i+1)); echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000; done"
]

/** Makes and starts a container. */
export const make = (recipe: Recipe): Effect.Effect<LabContainer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const root = `/run/${folder.slice(folder.lastIndexOf("/") + 1)}`
    const id = `c-${folder.slice(-6)}`
    const bundle = `${folder}/bundle`
    makeBundle(bundle, recipe)
    const bare = (...args: ReadonlyArray<string>) => runBare(recipe.runtime, "capture", ["--root", root, ...args])
    const pid = Effect.map(bare("state", id), (text) => readPid(text))
    const count = Effect.map(pid, readCount)
    const args = ["--root", root, "run", "--detach", "--bundle", bundle]
    if (recipe.consoleSocket !== undefined) args.push("--console-socket", recipe.consoleSocket)
    const start = Effect.asVoid(
      recipe.output !== undefined
        ? runBare("sh", "null", ["-c", 'exec "$@" >"$0"', recipe.output, recipe.runtime, ...args, id])
        : recipe.pipes === undefined
        ? runBare(recipe.runtime, "null", [...args, id])
        : runBare("bash", "null", [
          "-c",
          'out=$0 err=$1; shift; "$@" > >(exec cat >>"$out") 2> >(exec cat >>"$err")',
          recipe.pipes.stdout,
          recipe.pipes.stderr,
          recipe.runtime,
          ...args,
          id
        ])
    )
    yield* Effect.acquireRelease(start, () =>
      Effect.gen(function* () {
        yield* Effect.ignore(Process.run({ program: recipe.runtime, args: ["--root", root, "delete", "--force", id] }))
        yield* Effect.sync(() => rmSync(root, { recursive: true, force: true }))
      }))
    return {
      id,
      bundle,
      folder,
      config: { runtime: recipe.runtime, root, stasisRoot: `${folder}/stasis` },
      bare,
      pid,
      count,
      file: (path) => Effect.map(pid, (one) => readInside(one, path)),
      counted: (atLeast) => poll(count, (now) => now >= atLeast),
      start
    }
  })

/** Looks until what is seen is as wanted, and gives it. What is not so within a minute is a defect of the test. */
export const poll = <A, E, R>(look: Effect.Effect<A, E, R>, wanted: (seen: A) => boolean): Effect.Effect<A, E, R> =>
  Effect.timeoutTo(again(look, wanted), {
    duration: "1 minute",
    onSuccess: Effect.succeed,
    onTimeout: () => Effect.dieMessage("What was waited for did not come within a minute")
  }).pipe(Effect.flatten)

const again = <A, E, R>(look: Effect.Effect<A, E, R>, wanted: (seen: A) => boolean): Effect.Effect<A, E, R> =>
  Effect.flatMap(look, (seen) => wanted(seen) ? Effect.succeed(seen) : Effect.delay(again(look, wanted), "5 millis"))

/**
 * Begins something and gives it as soon as it is seen at work, with what was seen. A machine that stands still for a moment lets it
 * end unseen: then it is begun again, with the number of that try.
 */
export const amid = <A, E, R, B>(
  begin: (attempt: number) => Effect.Effect<A, E, R>,
  see: Effect.Effect<B>
): Effect.Effect<{ readonly fiber: Fiber.Fiber<A, E>; readonly attempt: number; readonly seen: B }, never, R> =>
  Effect.gen(function* () {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const fiber = yield* Effect.fork(begin(attempt))
      const seen = yield* Effect.raceFirst(Effect.asSome(see), Effect.as(Fiber.await(fiber), Option.none()))
      if (Option.isSome(seen)) return { fiber, attempt, seen: seen.value }
    }
    return yield* Effect.dieMessage("It was over before it was seen, five times")
  })

/** A folder that is gone with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-lab-`)),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Starts a container of the same id from another bundle; it is gone with the first one. */
export const startBare = (container: LabContainer, bundle: string): Effect.Effect<void> => {
  const { root, runtime } = container.config
  return Effect.asVoid(runBare(runtime, "null", ["--root", root, "run", "--detach", "--bundle", bundle, container.id]))
}

/** A network namespace with a name, its loopback up, gone with the scope. */
export const networkNamespace: Effect.Effect<
  { readonly path: string; readonly remove: Effect.Effect<void> },
  never,
  Scope.Scope
> = Effect.gen(function* () {
  const name = (yield* temporaryFolder).slice(-6)
  const ip = (...args: ReadonlyArray<string>) => Effect.ignore(Process.run({ program: "ip", args }))
  const remove = ip("netns", "delete", name)
  yield* Effect.acquireRelease(ip("netns", "add", name), () => remove)
  yield* ip("-n", name, "link", "set", "lo", "up")
  return { path: `/run/netns/${name}`, remove }
})

/** The same container's layer. */
export const layerOf = (container: LabContainer) => Oci.layer(container.config)

const makeBundle = (bundle: string, recipe: Recipe): void => {
  mkdirSync(`${bundle}/rootfs/bin`, { recursive: true })
  for (const name of ["tmp", "proc", "sys", "dev", ...(recipe.programs === true ? ["usr"] : [])]) {
    mkdirSync(`${bundle}/rootfs/${name}`)
  }
  copyFileSync("/usr/bin/busybox", `${bundle}/rootfs/bin/busybox`)
  for (const name of ["sh", "mv", "usleep", "cat", "sleep"]) symlinkSync("busybox", `${bundle}/rootfs/bin/${name}`)
  // As Debian has it; a mount on each of them would be a mount of the same files twice, which CRIU cannot restore.
  if (recipe.programs === true) {
    for (const name of ["lib", "lib64"]) symlinkSync(`usr/${name}`, `${bundle}/rootfs/${name}`)
  }
  for (const path of recipe.binds ?? []) mkdirSync(`${bundle}/rootfs/${path}`, { recursive: true })
  writeFileSync(`${bundle}/config.json`, JSON.stringify(specOf(recipe)))
  if (recipe.mappedTo === undefined) return
  // Its root has to reach its root file system, and owns it.
  for (const path of [`${bundle}/..`, bundle]) chmodSync(path, 0o711)
  for (const path of ["", ...readdirSync(`${bundle}/rootfs`, { recursive: true, encoding: "utf8" })]) {
    lchownSync(`${bundle}/rootfs/${path}`, recipe.mappedTo, recipe.mappedTo)
  }
}

const specOf = (recipe: Recipe) => ({
  ociVersion: "1.0.0",
  process: {
    terminal: recipe.terminal ?? false,
    user: { uid: 0, gid: 0 },
    args: recipe.args ?? counter,
    env: ["PATH=/usr/bin:/bin", "TERM=xterm", "PYTHONDONTWRITEBYTECODE=1"],
    cwd: "/",
    capabilities: Object.fromEntries(
      ["bounding", "effective", "permitted"].map((set) => [set, ["CAP_KILL", "CAP_NET_BIND_SERVICE"]])
    ),
    noNewPrivileges: true
  },
  root: { path: "rootfs", readonly: false },
  hostname: "lab",
  annotations: recipe.annotations ?? {},
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"]
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]
    },
    { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid"] },
    ...(recipe.programs === true
      ? [{ destination: "/usr", type: "bind", source: "/usr", options: ["bind", "ro"] }]
      : []),
    ...(recipe.binds ?? []).map((path) => ({ destination: path, type: "bind", source: path, options: ["rbind", "rw"] }))
  ],
  linux: {
    namespaces: [
      ...["pid", "network", "ipc", "uts", "mount", "cgroup"],
      ...(recipe.mappedTo === undefined ? [] : ["user"])
    ].map((type) => {
      const path = recipe.namespaces?.[type]
      return path === undefined ? { type } : { type, path }
    }),
    ...(recipe.mappedTo === undefined
      ? {}
      : { uidMappings: mapping(recipe.mappedTo), gidMappings: mapping(recipe.mappedTo) })
  }
})

const mapping = (hostID: number) => [{ containerID: 0, hostID, size: 65_536 }]

const runBare = (program: string, output: "capture" | "null", args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.flatMap(
    Effect.orDie(Process.run({ program, args, output })),
    (finished) =>
      finished.code === 0
        ? Effect.succeed(finished.stdout)
        : Effect.dieMessage(`${program} ${args.join(" ")}: code ${finished.code}: ${finished.stderr}`)
  )

const readPid = (text: string): number => Number(/"pid": (\d+)/.exec(text)?.[1] ?? 0)

/** How far the container of this first process has counted; 0 when it has not. */
export const readCount = (pid: number): number => Number(readInside(pid, "/tmp/count"))

const readInside = (pid: number, path: string): string => {
  const there = `/proc/${pid}/root${path}`
  return existsSync(there) ? readFileSync(there, "utf8") : ""
}

/** A Python program that does something once and then counts; it wants `programs: true`. */
export const python = (setup: string): ReadonlyArray<string> => [
  "/usr/bin/python3",
  "-c",
  `import fcntl, os, socket, time
${setup}
i = 0
while True:
    i += 1
    with open('/tmp/next', 'w') as f: f.write(str(i))
    os.rename('/tmp/next', '/tmp/count')
    time.sleep(0.01)
`
]
