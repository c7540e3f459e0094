/**
 * A world whose containers are files: the real store on the real disk, over a runtime that is processes of its own.
 *
 * A dump is made by a process in a session of its own, as CRIU's is: it outlives whoever started it, and holds the locks
 * that it inherited. A container is a file that says what is in its memory; without the file its runtime has forgotten it.
 */
import { spawn } from "node:child_process"
import * as NodeFs from "node:fs"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ContainerNotFound, RuntimeFailed } from "../../src/domain/CheckpointError.ts"
import { type Container, resolve } from "../../src/domain/Container.ts"
import * as Checkpoints from "../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../src/effects/ContainerStore.ts"
import { Disk, type Lease, noLease } from "../../src/effects/Disk.ts"
import type { EventLog } from "../../src/effects/EventLog.ts"
import { Runtime } from "../../src/effects/Runtime.ts"
import * as CheckpointFolder from "../../src/layers/shared/CheckpointFolder.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as EventFile from "../../src/layers/shared/EventFile.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"
import type { Job } from "./Job.ts"

/** The id of the one container. */
export const container = "c0ffee"

/** What a container file says. */
export interface ContainerFile {
  readonly state: "running" | "paused"
  /** What a dump finds in it. */
  readonly memory: string
}

/** Ways in which a world can be made to break the promises: that they are seen is the proof of the suites. */
export type Fault = "children hold no lock" | "no lock at all"

/** The job of a worker in such a world. */
export interface FileJob extends Job {
  readonly root: string
  readonly fault?: Fault
}

const containerPath = (root: string) => `${root}/container.json`

/** Where the container's checkpoints are. */
export const checkpointsPath = (root: string) => `${root}/stasis/files/world/${container}/checkpoints`

/** The container; `undefined` where its runtime has forgotten it. */
export const readContainer = (root: string): ContainerFile | undefined => {
  try {
    return JSON.parse(NodeFs.readFileSync(containerPath(root), "utf8")) as ContainerFile // Written by writeContainer alone.
  } catch {
    return undefined
  }
}

/** Makes the container what it is to be, at once. */
export const writeContainer = (root: string, file: ContainerFile): void => {
  NodeFs.writeFileSync(`${containerPath(root)}.${process.pid}`, JSON.stringify(file))
  NodeFs.renameSync(`${containerPath(root)}.${process.pid}`, containerPath(root))
}

const images = ["core-1.img", "pages-1.img", "inventory.img"]

/** Whose memory a folder holds whole; `undefined` where it is not whole. */
export const wholeMemory = (path: string): string | undefined => {
  const texts = images.map((file) => {
    try {
      return NodeFs.readFileSync(`${path}/${file}`, "utf8")
    } catch {
      return ""
    }
  })
  const memory = /^inventory\.img of ([^;]+);$/.exec(texts[2] ?? "")?.[1]
  return images.every((file, index) => texts[index] === `${file} of ${memory};`) ? memory : undefined
}

/** Where there is such a pipe, dumps and restores wait until somebody has opened and closed its other end. */
export const gatePath = (root: string) => `${root}/gate`

const dumpScript = `set -e
if [ -p "$6" ]; then cat "$6"; fi
for file in ${images.join(" ")}; do
  printf '%s of ' "$file" > "$1/$file"; sleep "$7"; printf '%s;' "$2" >> "$1/$file"
done
echo statistics > "$3/stats-dump"
if [ "$4" = stopped ]; then rm "$5"; fi`

const restoreScript = `set -e
if [ -p "$3" ]; then cat "$3"; fi
sleep 0.002; printf '%s' "$2" > "$1.restored"; mv "$1.restored" "$1"`

const unlocked = Layer.map(
  NodeDisk.layer,
  (context) => Context.make(Disk, { ...Context.get(context, Disk), lock: () => Effect.succeedSome(noLease) })
)

/** The use cases on a world below `root`. */
export const layer = (root: string, fault?: Fault): Layer.Layer<Checkpoints.Checkpoints | EventLog> => {
  const run = (script: string, args: ReadonlyArray<string>, lease: Lease, operation: "checkpoint" | "restore") =>
    Effect.uninterruptible(Effect.async<void, RuntimeFailed>((resume) => {
      const descriptors = fault === "children hold no lock" ? [] : lease.descriptors
      const child = spawn("sh", ["-c", script, "sh", ...args], {
        detached: true,
        stdio: ["ignore", "ignore", "ignore", ...descriptors]
      })
      child.on("exit", (status) =>
        resume(
          status === 0 ? Effect.void : Effect.fail(
            new RuntimeFailed({
              operation,
              container,
              runtime: "files",
              reason: "Unknown",
              detail: `status ${status}`
            })
          )
        ))
    }))
  // What a dump does after its parent's end has to take longer than a look at it, for the fault to show in a few rounds.
  const pause = fault === "children hold no lock" ? "0.03" : "0.002"
  const change = (state: ContainerFile["state"]) =>
    Effect.sync(() => {
      const now = readContainer(root)
      if (now !== undefined) writeContainer(root, { ...now, state })
    })
  const runtime = Layer.succeed(Runtime, {
    name: "files",
    stopsByItself: false,
    settle: () => Effect.void,
    capabilities: Effect.succeed({ runtime: "files", findings: [], unsupported: {} }),
    checkOptions: () => Effect.void,
    survey: (_, depth) => Effect.succeed({ depth, processes: [], resources: [], unseen: [], bytes: 0 }),
    preDump: () => Effect.void,
    residentBytes: () => Effect.succeed(1),
    checkpoint: (_, { after, imagePath, lease, workPath }) =>
      Effect.flatMap(after === "paused" ? change("paused") : Effect.void, () =>
        run(
          dumpScript,
          [
            imagePath,
            readContainer(root)?.memory ?? "none",
            workPath,
            after,
            containerPath(root),
            gatePath(root),
            pause
          ],
          lease,
          "checkpoint"
        )).pipe(
          Effect.as({ files: [], warnings: [] })
        ),
    checkRestore: () => Effect.void,
    restore: (_, { after, checkpoint, lease }) =>
      Effect.suspend(() => {
        const memory = wholeMemory(checkpoint.path)
        return memory === undefined
          ? Effect.fail(
            new RuntimeFailed({
              operation: "restore",
              container,
              runtime: "files",
              reason: "FileMissing",
              detail: "not whole"
            })
          )
          : run(
            restoreScript,
            [containerPath(root), JSON.stringify({ state: after, memory }), gatePath(root)],
            lease,
            "restore"
          ).pipe(
            Effect.filterOrFail(() => wholeMemory(checkpoint.path) === memory, () =>
              new RuntimeFailed({
                operation: "restore",
                container,
                runtime: "files",
                reason: "FileMissing",
                detail: "pulled away"
              }))
          )
      }),
    pause: () => change("paused"),
    resume: () => change("running"),
    stop: () => Effect.sync(() => NodeFs.rmSync(containerPath(root), { force: true })),
    lockedNetwork: () => Effect.succeedNone,
    unlockNetwork: () => Effect.void
  })
  const all = (): ReadonlyArray<Container> => {
    const file = readContainer(root)
    return file === undefined ? [] : [{
      id: container,
      state: file.state,
      labels: {},
      identity: "bundle",
      process: { pid: 1, startTime: 1 }
    }]
  }
  const containers = Layer.succeed(ContainerStore, {
    list: Effect.sync(all),
    find: (reference) => Effect.suspend(() => resolve(reference, all())),
    get: (id) =>
      Effect.suspend(() => {
        const [one] = all()
        return one === undefined ? Effect.fail(new ContainerNotFound({ container: id })) : Effect.succeed(one)
      })
  })
  const disk = Layer.merge(NodeFileSystem.layer, fault === "no lock at all" ? unlocked : NodeDisk.layer)
  const events = EventFile.layer({ root: `${root}/stasis` }).pipe(Layer.provide(disk))
  const store = Layer.merge(
    CheckpointFolder.layer({ root: `${root}/stasis`, scope: "files/world" }),
    ImageFolders.layer
  ).pipe(Layer.provide(disk))
  return Layer.provideMerge(Checkpoints.layer.pipe(Layer.provide(Layer.mergeAll(runtime, containers, store))), events)
}
