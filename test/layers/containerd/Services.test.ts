import { describe, expect, it } from "@effect/vitest"
import * as RuncOptions from "../../../src/layers/containerd/RuncOptions.ts"
import * as Services from "../../../src/layers/containerd/Services.ts"
import * as Wire from "../../../src/layers/containerd/Wire.ts"

const utf8 = new TextEncoder()

describe("Services", () => {
  it("reads a container as containerd sends it", () => {
    const options: RuncOptions.Any = { type: "containerd.runc.v1.Options", value: Wire.write({ 7: "/run/x" }) }
    const container = Wire.write({
      1: "web",
      2: [Wire.write({ 1: "team", 2: "blue" })],
      3: "docker.io/library/bb:latest",
      4: Wire.write({ 1: "io.containerd.runc.v2", 2: RuncOptions.writeAny(options) }),
      5: RuncOptions.writeAny({
        type: "types.containerd.io/opencontainers/runtime-spec/1/Spec",
        value: utf8.encode("{}")
      }),
      6: "overlayfs",
      7: "web-snapshot",
      8: Wire.write({ 1: 1_700_000_000, 2: 7 })
    })
    const expected = {
      id: "web",
      labels: { team: "blue" },
      image: "docker.io/library/bb:latest",
      runtime: "io.containerd.runc.v2",
      runtimeOptions: options,
      spec: "{}",
      snapshotter: "overlayfs",
      snapshotKey: "web-snapshot",
      created: 1_700_000_000_000_000_007n
    }
    expect(Services.getContainer.read(Wire.write({ 1: container }))).toEqual(expected)
    expect(Services.listContainers.read(Wire.write({ 1: [container] }))).toEqual([expected])
  })

  it("reads a task, by its own id where the container's is not told, and an unknown status", () => {
    const streams = { stdin: "/in", stdout: "/out", stderr: "/err", terminal: true }
    const task = Wire.write({ 2: "web", 3: 42, 4: 4, 5: "/in", 6: "/out", 7: "/err", 8: true })
    expect(Services.getTask.read(Wire.write({ 1: task }))).toEqual({ id: "web", pid: 42, status: "paused", streams })
    expect(Services.listTasks.read(Wire.write({ 1: [Wire.write({ 1: "web", 4: 77 })] }))).toEqual([{
      id: "web",
      pid: 0,
      status: "unknown",
      streams: { stdin: "", stdout: "", stderr: "", terminal: false }
    }])
  })

  it("hands mounts on to a creation as they were given", () => {
    const mount = Wire.write({ 1: "overlay", 2: "overlay", 4: ["upperdir=/u", "lowerdir=/a:/b"] })
    const [given] = Services.mounts.read(Wire.write({ 1: [mount] }))
    expect(given).toEqual(mount)
    const streams = { stdin: "", stdout: "file:///x", stderr: "file:///x", terminal: false }
    const options = RuncOptions.restore({ type: "", value: new Uint8Array() }, { imagePath: "/i", workPath: "/w" })
    const read = Wire.read(Services.createTask.write({ id: "web", streams, rootfs: [mount], options }))
    expect([read.text(1), read.text(6), read.all(3)]).toEqual(["web", "file:///x", [mount]])
    expect(RuncOptions.readAny(read.bytes(9))).toEqual(options)
  })
})
