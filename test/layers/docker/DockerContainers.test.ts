import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as DockerContainers from "../../../src/layers/docker/DockerContainers.ts"

const id = "0".repeat(63) + "1"

/** What Docker 26.1.5 told of a container, shortened to the parts that are read and a few that are not. */
const told = {
  Id: id,
  Created: "2026-11-24T13:45:47.728222858Z",
  State: { Status: "running", Running: true, Paused: false, Restarting: false, Dead: false, Pid: 129, ExitCode: 0 },
  Image: "sha256:023ef452",
  Name: "/web",
  HostConfig: {
    Binds: null,
    NetworkMode: "none",
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    IpcMode: "private",
    PidMode: "",
    Privileged: false,
    Runtime: "runc"
  },
  GraphDriver: { Name: "overlay2", Data: { LowerDir: "/l", MergedDir: "/m", UpperDir: "/u", WorkDir: "/w" } },
  Mounts: [{ Type: "bind", Source: "/srv", Destination: "/data", Mode: "", RW: true, Propagation: "rprivate" }],
  Config: { Tty: false, Image: "bb", Labels: { a: "b" }, Env: null, Healthcheck: { Test: ["CMD-SHELL", "true"] } }
}

const read = (changed: object = {}) => Schema.decodeUnknownSync(DockerContainers.Inspected)({ ...told, ...changed })

describe("Inspected", () => {
  it("reads what is needed", () => {
    expect(read()).toMatchObject({
      HostConfig: { RestartPolicy: { Name: "no" }, Runtime: "runc", Privileged: false },
      GraphDriver: { Data: { MergedDir: "/m", UpperDir: "/u", LowerDir: "/l" } },
      Mounts: [{ Source: "/srv", Destination: "/data", RW: true }],
      Config: { Healthcheck: { Test: ["CMD-SHELL", "true"] } }
    })
  })

  it("takes null, and nothing, for what is empty", () => {
    const empty = read({
      Config: { Labels: null, Healthcheck: null },
      HostConfig: { RestartPolicy: null },
      GraphDriver: { Name: "zfs", Data: null },
      Mounts: null,
      State: { Status: "created", Pid: 0, ExitCode: 0, Health: null }
    })
    expect(empty).toMatchObject({
      Config: { Labels: {}, Image: "", Tty: false },
      HostConfig: { AutoRemove: false, RestartPolicy: { Name: "no", MaximumRetryCount: 0 }, Runtime: "" },
      GraphDriver: { Data: {} },
      Mounts: []
    })
  })

  it("may be of a daemon that keeps its files in containerd's store, and tells of no driver", () => {
    const { GraphDriver: _, ...without } = told
    expect(Schema.decodeUnknownSync(DockerContainers.Inspected)(without).GraphDriver).toBeUndefined()
    expect(read({ GraphDriver: null }).GraphDriver).toBeUndefined()
    expect(read({ GraphDriver: { Name: "zfs", Data: { MergedDir: null, Mountpoint: "/z" } } })).toMatchObject({
      GraphDriver: { Data: {} }
    })
  })

  it("is read without what only messages need: no container is left out of a list for that", () => {
    const scarce = { Id: id, Config: {}, State: { Status: "exited", Pid: 0 }, HostConfig: {} }
    expect(Schema.decodeUnknownSync(DockerContainers.Inspected)(scarce)).toMatchObject({ Id: id, Name: "", Mounts: [] })
  })

  it("is no other thing", () => {
    expect(() => read({ State: { Status: "running" } })).toThrow("Pid")
  })
})

describe("describe", () => {
  const process = { pid: 129, startTime: 5 }

  it("tells a container by its id, without the slash of its name", () => {
    expect(DockerContainers.describe(read(), { process, root: "/docker/c" })).toEqual({
      id,
      name: "web",
      state: "running",
      labels: { a: "b" },
      image: "bb",
      identity: `docker ${id}`,
      process,
      root: "/docker/c"
    })
  })

  it.each([
    ["created", "created", false],
    ["running", "running", true],
    ["paused", "paused", true],
    ["restarting", "restarting", false],
    ["removing", "stopped", false],
    ["exited", "stopped", false],
    ["dead", "stopped", false]
  ])("takes %s for %s", (Status, state, hasProcess) => {
    const found = DockerContainers.describe(read({ State: { ...told.State, Status } }), { process })
    expect(found.state).toBe(state)
    expect(found.process).toEqual(hasProcess ? process : undefined)
  })

  it("has the image's id where the image was not named", () => {
    expect(DockerContainers.describe(read({ Config: {} }), {})).toMatchObject({ image: "sha256:023ef452" })
  })
})

describe("summarize", () => {
  it("takes the container's own name, not what another one calls it", () => {
    expect(DockerContainers.summarize({ Id: id, Names: ["/app/db", "/postgres"] })).toMatchObject({ name: "postgres" })
    expect(DockerContainers.summarize({ Id: id, Names: [] })).not.toHaveProperty("name")
  })
})

it.each([[id, true], [id.slice(1), false], [`${id}0`, false], ["../x", false], [id.replace("1", "A"), false], [
  "",
  false
]])(
  "isId of %j is %s",
  (reference, expected) => {
    expect(DockerContainers.isId(reference)).toBe(expected)
  }
)
