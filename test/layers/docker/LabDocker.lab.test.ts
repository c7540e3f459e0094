// The daemon of the tests themselves: several follow one another, and nothing is left of one.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LabDocker from "./LabDocker.ts"

const processes = () =>
  readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    const path = `/proc/${pid}/cmdline`
    return existsSync(path) ? [readFileSync(path, "utf8").replaceAll("\0", " ")] : []
  }).filter((line) => /docker|containerd/.test(line))

const left = () => ({
  processes: processes(),
  mounts: readFileSync("/proc/self/mounts", "utf8").split("\n").filter((line) => /docker/.test(line)),
  // Empty folders of fixed names (/run/docker/plugins, /run/containerd/s) are what every daemon finds again.
  run: readdirSync("/run", { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory()).map((
    { name, parentPath }
  ) => `${parentPath}/${name}`).filter((path) => /docker|containerd|netns/.test(path)),
  cgroups: readdirSync("/sys/fs/cgroup").filter((name) => /docker/.test(name))
})

it.live("starts one after the other, and leaves nothing of any", () =>
  Effect.gen(function* () {
    const before = left()
    for (const turn of [1, 2]) {
      yield* Effect.scoped(Effect.gen(function* () {
        const daemon = yield* LabDocker.make()
        const container = yield* daemon.container({ name: `web${turn}`, healthcheck: "true" })
        yield* container.counted(3)
        expect(yield* container.status).toBe("running")
        const always = yield* daemon.container({ restart: "always", tty: true, volumes: ["data:/data"] })
        yield* daemon.docker("kill", container.id)
        yield* always.counted(1)
        yield* daemon.stop
        yield* daemon.start
        yield* always.counted(1)
        expect(yield* container.status).toBe("exited")
      }))
      expect(left()).toEqual(before)
    }
  }), 60_000)
