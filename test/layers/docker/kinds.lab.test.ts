// What becomes of the kinds of containers that Docker runs; each asserts its row of the table in docs/docker.md.
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Checkpoints from "../../../src/effects/Checkpoints.ts"
import { poll } from "../oci/LabContainer.ts"
import { layerOf, shareDaemon } from "./dockerSubject.ts"
import * as Kind from "./Kind.ts"
import type { ContainerRecipe, LabDocker, LabDockerContainer } from "./LabDocker.ts"

const { table } = Kind

// Debian's `docker-init` is a link, which the second daemon is not given.
const daemon = shareDaemon()
const withInit = shareDaemon({ config: { "init-path": realpathSync("/usr/bin/docker-init") } })

const text = (path: string) => readFileSync(path, "utf8")

/** A folder of the machine with a file in it, `file`. */
const folderOf = ({ folder }: LabDocker, name: string) =>
  Effect.sync(() => {
    mkdirSync(`${folder}/${name}`)
    writeFileSync(`${folder}/${name}/file`, name)
    return `${folder}/${name}`
  })

/** Kinds that need nothing. */
const plain = (subject: Kind.Subject, ...recipes: ReadonlyArray<ContainerRecipe>) =>
  Effect.gen(function* () {
    const lab = yield* daemon
    for (const recipe of recipes) yield* Effect.scoped(Kind.works(lab, { recipe }))
    yield* table.expectRow(subject, "nothing", "it goes on")
  })

const withFlags = (...flags: ReadonlyArray<string>): ContainerRecipe => ({ flags })

describe("a container", () => {
  it.scopedLive("any", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      yield* Kind.works(lab, { recipe: { args: Kind.talking }, holds: Kind.logs(lab) })
      yield* table.expectRow("plain", "nothing", "it goes on where it was, and its log with it")
    }))

  it.scopedLive("with a terminal", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      for (const flags of [[], ["--interactive"]]) {
        yield* Effect.scoped(
          Kind.works(lab, { recipe: { tty: true, args: Kind.talking, flags }, holds: Kind.logs(lab) })
        )
      }
      yield* table.expectRow(
        "terminal",
        "nothing",
        "it goes on at a terminal that Docker gives it, and its log with it"
      )
    }))

  it.scopedLive("with its input kept open", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const loop = "while true; do i=$((i+1)); echo $i > /tmp/next; mv /tmp/next /tmp/count; usleep 10000; done"
      const recipe = {
        flags: ["--interactive"],
        args: ["/bin/sh", "-c", `(${loop}) & while read l; do echo got $l; done`]
      }
      let turn = 0
      /** A line that is typed into it is read by it. */
      const holds = (web: LabDockerContainer) =>
        Effect.gen(function* () {
          const line = `line ${++turn}`
          const child = spawn("docker", ["--host", lab.host, "attach", "--sig-proxy=false", web.id])
          yield* Effect.addFinalizer(() => Effect.sync(() => child.kill()))
          child.stdin.write(`${line}\n`)
          yield* poll(lab.docker("logs", web.id), (log) => log.includes(`got ${line}\n`))
        }).pipe(Effect.scoped)
      yield* Kind.works(lab, { recipe, holds })
      yield* table.expectRow("input", "nothing", "it goes on, and reads what `docker attach` sends")
    }))

  it.scopedLive("with a health check", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      /** It is checked once more and found well. */
      const holds = (web: LabDockerContainer) =>
        Effect.gen(function* () {
          const checks = Effect.map(web.file("/tmp/checks"), (found) => found.length)
          const now = yield* checks
          yield* poll(checks, (later) => later > now)
          yield* poll(web.tell("{{.State.Health.Status}}"), (status) => status === "healthy")
        })
      yield* Kind.works(lab, { recipe: { healthcheck: "echo >> /tmp/checks" }, holds })
      yield* table.expectRow("health", "nothing", "Docker checks it as before, and not while it is frozen")
    }))

  it.scopedLive("with a command of docker exec in it", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const web = yield* lab.container()
      yield* web.counted(3)
      yield* lab.docker("exec", "--detach", web.id, "sleep", "1000")
      const commands = Effect.map(
        lab.docker("top", web.id),
        (top) => top.split("\n").filter((line) => line.trim().endsWith("sleep 1000")).length
      )
      yield* Effect.gen(function* () {
        yield* Checkpoints.create(web.id, "left", { leaveRunning: true })
        expect(yield* commands).toBe(1)
        const before = yield* web.count
        yield* Checkpoints.create(web.id, "stopped")
        yield* Checkpoints.restore(web.id, "stopped")
        yield* web.counted(before + 1)
        expect(yield* commands).toBe(0)
      }).pipe(Effect.provide(layerOf(lab)))
      const then = "it goes on; the command is in no checkpoint, and ends when the container is stopped"
      yield* table.expectRow("exec", "nothing", then)
    }))

  it.scopedLive("with volumes, and files and folders of the machine", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const folder = yield* folderOf(lab, "bound")
      const loop =
        "i=0; while true; do i=$((i+1)); echo $i > /data/next; mv /data/next /data/count; cp /data/count /tmp/count"
      const recipe = {
        args: ["/bin/sh", "-c", `${loop}; cat /data/count >> /folder/written; usleep 10000; done`],
        volumes: ["data:/data", `${folder}:/folder`, `${folder}/file:/etc/file`, `${folder}:/again:ro`],
        flags: ["--mount", "type=volume,source=other,target=/other"]
      }
      const written = Effect.sync(() => text(`${folder}/written`).length)
      const holds = (web: LabDockerContainer) =>
        Effect.gen(function* () {
          expect(yield* web.file("/etc/file")).toBe("bound")
          const now = yield* written
          yield* poll(written, (later) => later > now)
        })
      yield* Kind.works(lab, { recipe, holds })
      yield* table.expectRow("volumes", "nothing", "it goes on; what lies in them is not rolled back")
    }))

  it.scopedLive("with a file or folder of the machine by a symbolic link", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const folder = yield* folderOf(lab, "linked")
      symlinkSync("file", `${folder}/link`)
      symlinkSync("linked", `${lab.folder}/folderlink`)
      for (const volume of [`${folder}/link:/etc/file`, `${lab.folder}/folderlink:/folder`]) {
        const error = yield* Effect.scoped(Kind.refused(lab, { recipe: { volumes: [volume] } }))
        expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "ExternalResource" })
      }
      yield* table.expectRow("link", "refused: `ExternalResource`", "name what the link leads to")
    }))

  it.scopedLive("with Docker's init", () =>
    Effect.gen(function* () {
      yield* Kind.works(yield* withInit, { recipe: withFlags("--init") })
      yield* table.expectRow("init", "nothing", "it goes on")
    }))

  it.scopedLive("with Docker's init, where that is a link", () =>
    Effect.gen(function* () {
      const error = yield* Kind.refused(yield* daemon, { recipe: withFlags("--init") })
      expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "ExternalResource" })
      const then =
        "name what `readlink -f` makes of it as `init-path` in the daemon's configuration, and make the container anew"
      yield* table.expectRow("initLink", "refused: `ExternalResource`", then)
    }))

  it.scopedLive("with locked files", () =>
    Effect.gen(function* () {
      const lab = yield* daemon
      const recipe = Kind.python(["held = open('/tmp/lock', 'w')", "fcntl.flock(held, fcntl.LOCK_EX)"])
      const holds = (web: LabDockerContainer) =>
        Effect.map(web.pid, (pid) => expect(text("/proc/locks")).toMatch(new RegExp(`FLOCK +ADVISORY +WRITE ${pid} `)))
      yield* Kind.works(lab, { recipe, options: { fileLocks: true }, holds })
      yield* table.expectRow("locks", "`fileLocks`", "it has its locks again")
    }))

  it.scopedLive("with a read-only root", () => plain("readOnly", withFlags("--read-only")))

  it.scopedLive("with limits", () =>
    plain("limits", withFlags("--memory", "64m"), withFlags("--ulimit", "nofile=100:100")))

  it.scopedLive("with Docker's own seccomp profile", () =>
    Effect.gen(function* () {
      const holds = (web: LabDockerContainer) =>
        Effect.map(web.pid, (pid) => expect(text(`/proc/${pid}/status`)).toMatch(/^Seccomp:\s+2$/m))
      yield* Kind.works(yield* daemon, { recipe: withFlags("--security-opt", "seccomp=builtin"), holds })
      yield* table.expectRow("seccomp", "nothing", "it goes on under the same profile")
    }))

  it.scopedLive("with fewer or more rights", () =>
    plain(
      "rights",
      withFlags("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
      withFlags("--privileged"),
      withFlags("--device", "/dev/null:/dev/other")
    ))

  it.scopedLive("in namespaces of the machine", () =>
    plain("namespaces", ...["pid", "ipc", "uts", "cgroupns"].map((one) => withFlags(`--${one}`, "host"))))

  it.scopedLive("whose processes are not root", () =>
    Effect.gen(function* () {
      const error = yield* Kind.refused(yield* daemon, { recipe: withFlags("--user", "1000:1000") })
      expect(error).toMatchObject({ _tag: "RuntimeFailed", reason: "Permission" })
      yield* table.expectRow("user", "refused: `Permission`", "run it with CAP_SYS_RESOURCE, which the tests lack")
    }))

  it.scopedLive("without a log", () => plain("log", withFlags("--log-driver", "none")))
})
