/**
 * A container of a Docker daemon that has touched so many MiB of memory and then counts, without writing a word: its log stays
 * empty.
 *
 * This file also holds the commands that the library is measured against: Docker's own, and the runtime's beneath the daemon.
 */
import { spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { attempt, docker, type DockerDaemon } from "./DockerDaemon.ts"
import { counting, fillRoot, must } from "./TouchedContainer.ts"
import { residentMebibytes } from "./TouchedProcess.ts"

/** A container that runs. */
export interface TouchedDocker {
  readonly id: string
  readonly mebibytes: number
  readonly daemon: DockerDaemon
}

/** Makes the image that the containers are of; `scratch` is a folder on a real disk. */
export const makeImage = (daemon: DockerDaemon, scratch: string) =>
  Effect.sync(() => {
    const root = `${scratch}/docker-image`
    fillRoot(root)
    const script = `tar -C "$1" -c . | docker --host "$2" import - touched`
    return spawnSync("sh", ["-ec", script, "sh", root, daemon.host], { stdio: "ignore" })
  }).pipe(Effect.filterOrDieMessage(({ status }) => status === 0, "no image was made"))

/** Makes a container and waits until its memory is touched. It goes with the daemon. */
export const make = (daemon: DockerDaemon, mebibytes: number) =>
  Effect.gen(function* () {
    const open = ["--network", "none", "--security-opt", "seccomp=unconfined"]
    const program = ["/usr/bin/perl", "-e", counting, String(mebibytes)]
    const id = yield* docker(daemon, ["run", "--detach", ...open, "touched", ...program])
    const container: TouchedDocker = { id, mebibytes, daemon }
    yield* untilTouched(container)
    return container
  })

/** Starts a container that has ended from its beginning. */
export const startAnew = (container: TouchedDocker) =>
  Effect.zipRight(docker(container.daemon, ["start", container.id]), untilTouched(container))

/** Kills a container and waits until the daemon knows. */
export const end = ({ daemon, id }: TouchedDocker) =>
  Effect.zipRight(attempt(daemon, ["kill", id]), docker(daemon, ["wait", id]))

/** Whether its memory is there and its first process runs. */
export const isRunning = (container: TouchedDocker) =>
  Effect.map(pidOf(container), (pid) => pid > 0 && residentMebibytes(pid) >= container.mebibytes)

/** Docker's own checkpoint. */
export const peerCheckpoint = ({ daemon, id }: TouchedDocker, name: string) =>
  docker(daemon, ["checkpoint", "create", "--leave-running", id, name])

/** Docker's own checkpoint, stopping the container, and restore at once; what went wrong, if anything did. */
export const peerTurn = ({ daemon, id }: TouchedDocker, name: string) =>
  Effect.gen(function* () {
    const created = yield* attempt(daemon, ["checkpoint", "create", id, name])
    const last = created.status === 0 ? yield* attempt(daemon, ["start", "--checkpoint", name, id]) : created
    return last.status === 0 ? undefined : last.stderr.trim()
  })

/** Docker's own removal of a checkpoint. */
export const peerRemove = ({ daemon, id }: TouchedDocker, name: string) =>
  docker(daemon, ["checkpoint", "rm", id, name])

/** Docker's own restore. */
export const peerRestore = ({ daemon, id }: TouchedDocker, name: string) =>
  docker(daemon, ["start", "--checkpoint", name, id])

/** The runtime's checkpoint, past the daemon, into a folder that it makes. */
export const bareCheckpoint = ({ daemon, id }: TouchedDocker, folder: string) =>
  must("runc", [
    "--root",
    daemon.runtimeRoot,
    "checkpoint",
    "--leave-running",
    "--image-path",
    `${folder}/images`,
    "--work-path",
    `${folder}/work`,
    id
  ])

const pidOf = ({ daemon, id }: TouchedDocker) =>
  Effect.map(docker(daemon, ["inspect", "--format", "{{.State.Pid}}", id]), Number)

const untilTouched = (container: TouchedDocker) =>
  Effect.retry(
    Effect.filterOrFail(isRunning(container), (touched) => touched, () => "not yet" as const),
    Schedule.spaced("20 millis").pipe(Schedule.intersect(Schedule.recurs(1000)))
  )
