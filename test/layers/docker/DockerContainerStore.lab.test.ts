// The containers of a real daemon: the contract, and what Docker has beyond it.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ContainerStore } from "stasis"
import * as Memory from "stasis/Memory"
import * as DockerApi from "../../../src/layers/docker/DockerApi.ts"
import * as DockerContainerStore from "../../../src/layers/docker/DockerContainerStore.ts"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"
import * as ContainerStoreContract from "../../contracts/containerStore.ts"
import { harness, shareDaemon } from "./dockerSubject.ts"

const storeOf = (host: string) =>
  Layer.unwrapEffect(Effect.map(
    Effect.orDie(DockerSettings.complete({ host })),
    (settings) => Layer.provide(DockerContainerStore.layer(host), DockerApi.layer(settings))
  ))

const daemon = shareDaemon()

// The contract looks at the store alone.
ContainerStoreContract.suite("docker", harness(daemon, ({ host }) => Layer.merge(Memory.layer(), storeOf(host))))

describe("DockerContainerStore", () => {
  it.scopedLive("tells the name, labels, image, root and process of a container", () =>
    Effect.gen(function* () {
      const { host, container, dataRoot } = yield* daemon
      const web = yield* container({ name: "shop", labels: { team: "blue" } })
      yield* web.counted(1)
      const pid = yield* web.pid
      const store = yield* Effect.provide(ContainerStore.ContainerStore, storeOf(host))
      for (const reference of ["shop", "/shop", web.id, web.id.slice(0, 12)]) {
        expect(yield* store.find(reference)).toEqual({
          id: web.id,
          name: "shop",
          state: "running",
          labels: { team: "blue" },
          image: "bb",
          identity: `docker ${web.id}`,
          root: `${dataRoot}/containers/${web.id}`,
          process: {
            pid,
            startTime: Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19]),
            bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
          }
        })
      }
    }))

  it.scopedLive("tells the containers that a beginning of an id could mean, and prefers a name to it", () =>
    Effect.gen(function* () {
      const { host, docker, container } = yield* daemon
      const first = yield* container()
      const store = yield* Effect.provide(ContainerStore.ContainerStore, storeOf(host))
      // With seventeen containers, two ids begin with the same digit.
      const ids = (yield* docker("ps", "--all", "--quiet", "--no-trunc")).trim().split("\n")
      while (!ids.some((id, at) => ids.some((other, there) => at !== there && id[0] === other[0]))) {
        const made = (yield* docker("create", "--network", "none", "bb", "true")).trim()
        yield* Effect.addFinalizer(() => docker("rm", made))
        ids.push(made)
      }
      const digit = ids.map((id) => id.slice(0, 1)).find((one) => ids.filter((id) => id.startsWith(one)).length > 1) ??
        ""
      const matches = ids.filter((id) => id.startsWith(digit)).sort()
      expect(yield* Effect.flip(store.find(digit))).toMatchObject({
        _tag: "AmbiguousContainer",
        container: digit,
        matches
      })
      yield* docker("rename", first.id, `${digit}x`)
      expect(yield* store.find(`${digit}x`)).toMatchObject({ id: first.id })
    }))

  it.scopedLive("tells a container whose name looks like an id from the one of that id", () =>
    Effect.gen(function* () {
      const { host, container } = yield* daemon
      const name = "a".repeat(64)
      const web = yield* container({ name })
      const store = yield* Effect.provide(ContainerStore.ContainerStore, storeOf(host))
      expect(yield* Effect.flip(store.get(name))).toMatchObject({ _tag: "ContainerNotFound" })
      expect(yield* store.find(name)).toMatchObject({ id: web.id, name })
    }))

  it.scopedLive("tells every state, and lists containers while some vanish", () =>
    Effect.gen(function* () {
      const { host, docker, container } = yield* daemon
      const store = yield* Effect.provide(ContainerStore.ContainerStore, storeOf(host))
      const created = (yield* docker("create", "--network", "none", "bb", "true")).trim()
      const restarting = yield* container({ args: ["/bin/false"], restart: "always" })
      const passing = yield* container({ args: ["/bin/true"] })
      yield* Effect.repeat(store.get(passing.id), { until: ({ state }) => state === "stopped" })
      const seen = yield* Effect.repeat(store.get(restarting.id), { until: ({ state }) => state === "restarting" })
      expect(seen).not.toHaveProperty("process")
      expect(yield* store.get(created)).toMatchObject({ state: "created" })
      const [all] = yield* Effect.all([store.list, docker("rm", created)], { concurrency: "unbounded" })
      expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([restarting.id, passing.id]))
      yield* docker("update", "--restart", "no", restarting.id)
    }))
})
