/**
 * A containerd of its own for tests in the lab, with an image of a static busybox and containers of it, started by `ctr` as a user
 * would; gone with the scope, with its shims and mounts.
 */
import { createHash } from "node:crypto"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import nodeProcess from "node:process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Containerd from "../../../src/layers/containerd/Containerd.ts"
import * as Process from "../../../src/layers/shared/Process.ts"
import { poll } from "../oci/LabContainer.ts"

/** What a container is made of. */
export interface Recipe {
  /** The program; {@link counter} when absent. */
  readonly args?: ReadonlyArray<string>
  readonly labels?: Readonly<Record<string, string>>
  /** More of `ctr run`'s flags. */
  readonly flags?: ReadonlyArray<string>
  readonly namespace?: string
  /** Its root file system is a folder and no snapshot of the image. */
  readonly folder?: boolean
  /** Lets the container see this machine's programs (Python, for one), read-only; it is made of a folder. */
  readonly programs?: boolean
  /** Has it connected to fifos, as `ctr` does by itself, in place of `/dev/null`. */
  readonly fifos?: boolean
  readonly terminal?: boolean
}

/** A containerd that runs. */
export interface LabContainerd {
  readonly folder: string
  readonly socket: string
  /** Runs `ctr` in a namespace and gives what it printed; a failure is a defect of the test. */
  readonly ctr: (namespace: string, ...args: ReadonlyArray<string>) => Effect.Effect<string>
  /** Ends it, its shims go on; and starts it again. */
  readonly restart: Effect.Effect<void>
}

/** A container that runs. */
export interface LabContainer {
  readonly id: string
  readonly containerd: LabContainerd
  readonly config: Containerd.ContainerdConfig & { readonly namespace: string; readonly stasisRoot: string }
  readonly ctr: (...args: ReadonlyArray<string>) => Effect.Effect<string>
  /** Its first process, as `ctr` tells it; 0 when there is none. */
  readonly pid: Effect.Effect<number>
  /** How far it has counted. */
  readonly count: Effect.Effect<number>
  readonly counted: (atLeast: number) => Effect.Effect<number>
  /** Kills its task, if there is one, and deletes it. */
  readonly kill: Effect.Effect<void>
  /** Starts it again from zero. */
  readonly start: Effect.Effect<void>
}

/** Counts in steps of about ten milliseconds, in a file system of its own: what it counted is part of a checkpoint. */
const counter = [
  "/bin/sh",
  "-c",
  "i=0; while true; do i=$((i+1)); echo $i > /run/next; mv /run/next /run/count; usleep 10000; done"
]

/** A containerd with the image. */
export const daemon: Effect.Effect<LabContainerd, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const socket = `${folder}/run/containerd.sock`
  mkdirSync(`${folder}/run`)
  writeFileSync(`${folder}/containerd.toml`, configuration(folder, socket))
  const ctr = (namespace: string, ...args: ReadonlyArray<string>) =>
    runOf("ctr", ["--address", socket, "--namespace", namespace, ...args])
  const begin = Effect.gen(function* () {
    const pid = yield* Effect.orDie(Process.start({
      program: "sh",
      args: ["-c", 'exec containerd --config "$0" >>"$1" 2>&1', `${folder}/containerd.toml`, `${folder}/containerd.log`]
    }))
    const asked = Process.run({ program: "ctr", args: ["--address", socket, "version"] })
    yield* poll(Effect.orDie(asked), ({ code }) => code === 0)
    return pid
  })
  let pid = 0
  const start = Effect.map(begin, (started) => {
    pid = started
  })
  const stop = Effect.suspend(() => {
    nodeProcess.kill(pid, "SIGTERM")
    return poll(Effect.sync(() => existsSync(`/proc/${pid}/exe`)), (there) => !there)
  })
  yield* Effect.acquireRelease(start, () => Effect.zipRight(stop, clear(folder)))
  return { folder, socket, ctr, restart: Effect.zipRight(stop, start) }
})

/** Makes and starts a container, in a containerd of its own unless it is given one. */
export const make = (recipe: Recipe = {}, given?: LabContainerd): Effect.Effect<LabContainer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const containerd = given ?? (yield* daemon)
    const namespace = recipe.namespace ?? "default"
    const id = `c-${mkdtempSync(`${containerd.folder}/id-`).slice(-6).replaceAll(/[^A-Za-z0-9]/g, "x")}`
    const ctr = (...args: ReadonlyArray<string>) => containerd.ctr(namespace, ...args)
    const folder = `${containerd.folder}/rootfs-${id}`
    const isFolder = recipe.folder === true || recipe.programs === true
    if (isFolder) makeRootfs(folder, recipe.programs === true)
    else yield* importImage(containerd, namespace)
    const streams = [
      ...(recipe.fifos === true || recipe.terminal === true ? [] : ["--null-io"]),
      ...(recipe.terminal === true ? ["--tty"] : [])
    ]
    const run = [
      "run",
      // The lab has no controllers of cgroups, and `ctr` asks for shares unless it is told.
      "--cpu-shares",
      "0",
      "--detach",
      ...streams,
      ...Object.entries(recipe.labels ?? {}).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
      ...(recipe.programs === true ? ["--mount", "type=bind,src=/usr,dst=/usr,options=bind:ro"] : []),
      ...(recipe.flags ?? []),
      ...(isFolder ? ["--rootfs", folder] : [image]),
      id,
      ...(recipe.args ?? counter)
    ]
    const terminal = (args: ReadonlyArray<string>) =>
      recipe.terminal === true ? inTerminal(containerd, namespace, args) : Effect.asVoid(ctr(...args))
    const pid = Effect.map(
      ctr("task", "ls"),
      (text) => Number(new RegExp(`^${id}\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0)
    )
    const count = Effect.map(pid, readCount)
    const quietly = (...args: ReadonlyArray<string>) =>
      Effect.ignore(
        Process.run({ program: "ctr", args: ["--address", containerd.socket, "--namespace", namespace, ...args] })
      )
    const status = Effect.map(ctr("task", "ls"), (text) => new RegExp(`^${id}\\s+\\d+\\s+(\\w+)`, "m").exec(text)?.[1])
    const kill = Effect.gen(function* () {
      // What is paused dies when it goes on.
      yield* quietly("task", "kill", "--signal", "SIGKILL", "--all", id)
      yield* quietly("task", "resume", id)
      yield* poll(status, (now) => now === undefined || now === "STOPPED")
      yield* quietly("task", "delete", id)
    })
    yield* Effect.acquireRelease(terminal(run), () => Effect.zipRight(kill, quietly("container", "delete", id)))
    return {
      id,
      containerd,
      config: { socket: containerd.socket, namespace, stasisRoot: `${containerd.folder}/stasis` },
      ctr,
      pid,
      count,
      counted: (atLeast) => poll(count, (now) => now >= atLeast),
      kill,
      start: terminal(["task", "start", "--detach", ...streams.filter((one) => one !== "--tty"), id])
    }
  })

/** The same container's layer. */
export const layerOf = (container: LabContainer) => Containerd.layer(container.config)

/** How far the container of this first process has counted; 0 when it has not. */
const readCount = (pid: number): number => Number(readInside(pid, "/run/count"))

/** A text file of the container of this first process; empty when there is none. */
const readInside = (pid: number, path: string): string => {
  const there = `/proc/${pid}/root${path}`
  return pid > 0 && existsSync(there) ? readFileSync(there, "utf8") : ""
}

/** A folder on a real disk that is gone with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(`${nodeProcess.env["STASIS_LAB_SCRATCH"] ?? tmpdir()}/containerd-`)),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** A network namespace with a name, its loopback up, gone with the scope. */
export const networkNamespace = Effect.gen(function* () {
  const name = (yield* temporaryFolder).slice(-6)
  const ip = (...args: ReadonlyArray<string>) => Effect.ignore(Process.run({ program: "ip", args }))
  const remove = ip("netns", "delete", name)
  yield* Effect.acquireRelease(ip("netns", "add", name), () => remove)
  yield* ip("-n", name, "link", "set", "lo", "up")
  return { path: `/run/netns/${name}`, remove }
})

/** A Python program that does something once and then counts; it wants `programs: true`. */
export const python = (setup: string): ReadonlyArray<string> => [
  "/usr/bin/python3",
  "-B",
  "-c",
  `import fcntl, os, socket, time
${setup}
i = 0
while True:
    i += 1
    with open('/run/next', 'w') as f: f.write(str(i))
    os.rename('/run/next', '/run/count')
    time.sleep(0.01)
`
]

const image = "docker.io/library/bb:latest"

const configuration = (folder: string, socket: string) => `
version = 2
root = "${folder}/root"
state = "${folder}/run/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]
[grpc]
address = "${socket}"
[ttrpc]
address = "${socket}.ttrpc"
`

/** A shim lives on without its containerd: none is left, nor is a mount. */
const clear = (folder: string) =>
  Effect.gen(function* () {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (linkOf(`/proc/${pid}/cwd`).startsWith(`${folder}/`)) nodeProcess.kill(Number(pid), "SIGKILL")
    }
    const mounts = readFileSync("/proc/mounts", "utf8").split("\n").map((line) => line.split(" ")[1] ?? "")
    for (const path of mounts.filter((one) => one.startsWith(`${folder}/`)).reverse()) {
      yield* Effect.ignore(Process.run({ program: "umount", args: ["--lazy", path] }))
    }
  })

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ""
  }
}

const makeRootfs = (folder: string, programs: boolean): void => {
  mkdirSync(`${folder}/bin`, { recursive: true })
  for (const name of ["tmp", "proc", "sys", "dev", "run", ...(programs ? ["usr"] : [])]) mkdirSync(`${folder}/${name}`)
  copyFileSync("/usr/bin/busybox", `${folder}/bin/busybox`)
  for (const name of ["sh", "mv", "usleep", "cat", "sleep"]) symlinkSync("busybox", `${folder}/bin/${name}`)
  if (programs) { for (const name of ["lib", "lib64"]) symlinkSync(`usr/${name}`, `${folder}/${name}`) }
}

/** Brings an image of one layer into a namespace, as an archive of the OCI's layout. */
const importImage = (containerd: LabContainerd, namespace: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const known = yield* containerd.ctr(namespace, "image", "ls", "--quiet")
    if (known.includes(image)) return
    const folder = `${containerd.folder}/image`
    const blobs = `${folder}/blobs/sha256`
    if (!existsSync(`${containerd.folder}/image.tar`)) {
      mkdirSync(blobs, { recursive: true })
      makeRootfs(`${containerd.folder}/image-rootfs`, false)
      yield* runOf("tar", ["-C", `${containerd.folder}/image-rootfs`, "-cf", `${folder}/layer`, "."])
      const put = (bytes: Uint8Array | string) => {
        const digest = createHash("sha256").update(bytes).digest("hex")
        writeFileSync(`${blobs}/${digest}`, bytes)
        return { digest: `sha256:${digest}`, size: bytes.length }
      }
      const layer = put(readFileSync(`${folder}/layer`))
      const oci = "application/vnd.oci.image"
      const config = put(JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: {},
        rootfs: { type: "layers", diff_ids: [layer.digest] }
      }))
      const manifest = put(JSON.stringify({
        schemaVersion: 2,
        mediaType: `${oci}.manifest.v1+json`,
        config: { mediaType: `${oci}.config.v1+json`, ...config },
        layers: [{ mediaType: `${oci}.layer.v1.tar`, ...layer }]
      }))
      const annotations = { "io.containerd.image.name": image }
      const manifests = [{ mediaType: `${oci}.manifest.v1+json`, ...manifest, annotations }]
      writeFileSync(`${folder}/index.json`, JSON.stringify({ schemaVersion: 2, manifests }))
      writeFileSync(`${folder}/oci-layout`, JSON.stringify({ imageLayoutVersion: "1.0.0" }))
      rmSync(`${folder}/layer`)
      yield* runOf("tar", ["-C", folder, "-cf", `${containerd.folder}/image.tar`, "."])
    }
    yield* containerd.ctr(namespace, "image", "import", "--no-unpack", `${containerd.folder}/image.tar`)
  })

/** `ctr` wants a terminal of its own to give one to a container. */
const inTerminal = (containerd: LabContainerd, namespace: string, args: ReadonlyArray<string>) =>
  Effect.asVoid(
    runOf("python3", [
      "-c",
      "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)",
      "ctr",
      "--address",
      containerd.socket,
      "--namespace",
      namespace,
      ...args
    ])
  )

const runOf = (program: string, args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.flatMap(
    Effect.orDie(Process.run({ program, args })),
    (finished) =>
      finished.code === 0
        ? Effect.succeed(finished.stdout)
        : Effect.dieMessage(`${program} ${args.join(" ")}: code ${finished.code}: ${finished.stderr}`)
  )
