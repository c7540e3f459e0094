/**
 * The kinds of containers in the table of `docs/docker.md`, and what the test of each does: it is left running, stopped and restored, and
 * Docker has it as before; or it is refused, and goes on.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CreateError } from "../../../src/effects/createCheckpoint.ts"
import type { RestoreError } from "../../../src/effects/restoreCheckpoint.ts"
import type { CreateOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import * as DocTable from "../../docs/DocTable.ts"
import { poll } from "../oci/LabContainer.ts"
import { failureOf, layerOf } from "./dockerSubject.ts"
import type { ContainerRecipe, LabDocker, LabDockerContainer } from "./LabDocker.ts"

/** The table. */
export const table = DocTable.make({
  page: "docker.md",
  columns: ["container", "made with", "needs", "then"],
  subjects: {
    plain: ["any", "nothing of the below"],
    terminal: ["with a terminal", "`-t`"],
    input: ["with its input kept open", "`-i`"],
    health: ["with a health check", "`--health-cmd`"],
    exec: ["with a command of `docker exec` in it", "`docker exec`"],
    bridge: ["in a network, with published ports", "`-p`, or `--network` with one of your own and `-p`"],
    shared: ["in the network of another container", "`--network container:NAME`"],
    hostNetwork: ["in the machine's network", "`--network host`"],
    connection: ["with a TCP connection within", "any flags"],
    connectionOutside: ["with a TCP connection from outside", "any flags"],
    connectionClosed: ["with a TCP connection that is given up", "any flags"],
    volumes: ["with volumes, and files and folders of the machine", "`-v`, `--mount`"],
    link: ["with a file or folder of the machine by a symbolic link", "`-v` with a link as the source"],
    init: ["with Docker's init", "`--init`"],
    initLink: ["with Docker's init, where `docker-init` is a link (Debian)", "`--init`"],
    locks: ["with locked files", "any flags"],
    readOnly: ["with a read-only root", "`--read-only`"],
    limits: ["with limits", "`--memory`, `--ulimit`"],
    seccomp: ["with Docker's own seccomp profile", "no `--security-opt seccomp=unconfined`"],
    rights: [
      "with fewer or more rights",
      "`--cap-drop ALL`, `--security-opt no-new-privileges`, `--privileged`, `--device`"
    ],
    namespaces: ["in namespaces of the machine", "`--pid host`, `--ipc host`, `--uts host`, `--cgroupns host`"],
    user: ["whose processes are not root", "`--user 1000`"],
    log: ["without a log", "`--log-driver none`"],
    paused: ["that is paused", "`docker pause`"],
    policy: ["that Docker restarts", "`--restart always`, `unless-stopped`, `on-failure`"],
    crashing: ["that crashes and is restarted", "`--restart always`"],
    remove: ["that is removed when it stops", "`--rm`"],
    removeLeft: ["that is removed when it stops, left running", "`--rm`"]
  }
})

/** One of its rows. */
export type Subject = Parameters<typeof table.expectRow>[0]

/** What is made, and what is looked at. */
export interface Kind {
  readonly recipe: ContainerRecipe
  /** The options that a checkpoint fails without, the error naming them. */
  readonly options?: CreateOptions
  /** Looks at the container before it is checkpointed, and again when it was left running and when it was restored. */
  readonly holds?: (web: LabDockerContainer) => Effect.Effect<void>
}

/** Has it work: it is left running, stopped and restored. */
export const works = (
  lab: LabDocker,
  kind: Kind
): Effect.Effect<LabDockerContainer, CreateError | RestoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const { holds = () => Effect.void, options = {}, recipe } = kind
    const web = yield* lab.container(recipe)
    yield* web.counted(3)
    yield* holds(web)
    for (const option of Object.keys(options)) {
      const error = yield* failureOf(Checkpoints.create(web.id, "without"))
      expect(error).toMatchObject({ _tag: "RuntimeFailed", hint: expect.stringContaining(`"${option}"`) })
    }
    const left = yield* Checkpoints.create(web.id, "left", { ...options, leaveRunning: true })
    expect(left).toMatchObject({ state: "running", warnings: [] })
    yield* goesOn(web)
    yield* holds(web)
    const before = yield* web.count
    expect(yield* Checkpoints.create(web.id, "stopped", options)).toMatchObject({ state: "stopped", warnings: [] })
    expect(yield* web.status).toBe("exited")
    const { pid, state, warnings } = yield* Checkpoints.restore(web.id, "stopped")
    expect({ state, warnings }).toEqual({ state: "running", warnings: [] })
    expect(yield* web.pid).toBe(pid)
    const after = yield* web.counted(before + 1)
    expect(after).toBeLessThan(before + 150)
    yield* goesOn(web)
    yield* holds(web)
    return web
  }).pipe(Effect.provide(layerOf(lab)))

/** Has it refused, whether it is to be stopped or left running; it goes on as it was, and nothing is left of the attempt. */
export const refused = (
  lab: LabDocker,
  { options = {}, recipe }: Kind
): Effect.Effect<CreateError, never, Scope.Scope> =>
  Effect.gen(function* () {
    const web = yield* lab.container(recipe)
    yield* web.counted(3)
    const [pid, since] = [yield* web.pid, new Date().toISOString()]
    const error = yield* failureOf(Checkpoints.create(web.id, "first", options))
    expect(yield* web.pid).toBe(pid)
    yield* goesOn(web)
    expect(yield* Effect.orDie(Checkpoints.names(web.id))).toEqual([])
    // It was not even paused.
    const until = new Date().toISOString()
    expect(yield* lab.docker("events", "--since", since, "--until", until, "--filter", `container=${web.id}`)).toBe("")
    return error
  }).pipe(Effect.provide(layerOf(lab)))

/** Waits until it has counted further. */
export const goesOn = (web: LabDockerContainer): Effect.Effect<number> =>
  Effect.flatMap(web.count, (now) => web.counted(now + 3))

/** Waits until its log says something more. */
export const logs = (lab: LabDocker) => (web: LabDockerContainer): Effect.Effect<void> =>
  Effect.gen(function* () {
    const length = Effect.map(lab.docker("logs", web.id), (text) => text.length)
    const now = yield* length
    yield* poll(length, (later) => later > now)
  })

/** Counts as other containers do, and says so. */
export const talking: ReadonlyArray<string> = [
  "/bin/sh",
  "-c",
  "i=0; while true; do i=$((i+1)); echo $i; echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000; done"
]

/** Counts as other containers do, in Python, after these lines and with these in each step. */
export const python = (setup: ReadonlyArray<string>, step: ReadonlyArray<string> = []): ContainerRecipe => ({
  python: true,
  args: [
    "/bin/python3",
    "-c",
    [
      "import fcntl, os, socket, threading, time",
      ...setup,
      "i = 0",
      "while True:",
      ...["i += 1", ...step, "open('/tmp/next', 'w').write(str(i))", "os.rename('/tmp/next', '/tmp/count')"].map((
        line
      ) => `    ${line}`),
      "    time.sleep(0.01)"
    ].join("\n")
  ]
})
