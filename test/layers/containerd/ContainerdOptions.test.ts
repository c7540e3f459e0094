import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { noLease } from "../../../src/effects/Disk.ts"
import * as ContainerdOptions from "../../../src/layers/containerd/ContainerdOptions.ts"
import * as RuncOptions from "../../../src/layers/containerd/RuncOptions.ts"
import * as Services from "../../../src/layers/containerd/Services.ts"
import * as Wire from "../../../src/layers/containerd/Wire.ts"

const request = {
  imagePath: "/images",
  workPath: "/work",
  after: "stopped" as const,
  lease: noLease,
  report: () => Effect.void
}

describe("ContainerdOptions", () => {
  it("writes what a dump is asked for as the shim reads it", () => {
    const options = { tcpEstablished: true, externalUnixSockets: true, shellJob: true, fileLocks: true }
    const sent = Services.checkpointTask.write({
      id: "web",
      options: ContainerdOptions.ofDump({ ...request, options })
    })
    const packed = RuncOptions.readAny(Wire.read(sent).bytes(3))
    expect(packed.type).toBe("containerd.runc.v1.CheckpointOptions")
    const read = Wire.read(packed.value)
    expect([1, 2, 3, 4, 5].map((field) => read.flag(field))).toEqual([true, true, true, true, true])
    expect([read.text(8), read.text(9)]).toEqual(["/images", "/work"])
    const least = ContainerdOptions.ofDump({ ...request, after: "paused", options: {} })
    expect(RuncOptions.checkpoint(least).value).toEqual(Wire.write({ 8: "/images", 9: "/work" }))
  })

  it("has CRIU's configuration say at a restore what the shim does not", () => {
    expect(ContainerdOptions.ofRestore({})).toEqual({})
    expect(
      ContainerdOptions.ofRestore({
        tcpEstablished: true,
        externalUnixSockets: true,
        shellJob: true,
        fileLocks: true,
        timeout: 1500
      })
    ).toEqual({ "tcp-established": true, "ext-unix-sk": true, "shell-job": true, "file-locks": true, timeout: 2 })
  })

  it.each([
    { tcpClose: true },
    { linkRemap: true },
    { ghostLimit: 0 },
    { manageCgroupsMode: "soft" as const },
    { emptyNamespaces: ["network"] },
    { preDump: true },
    { lazyPages: true },
    { oci: { pidFile: "/x" } },
    { criu: {} }
  ])("refuses %j, as the capabilities say", (options) => {
    const [option = ""] = Object.keys(options)
    const refused = Either.getLeft(ContainerdOptions.check(options))
    expect(refused).toMatchObject({ value: { option, detail: ContainerdOptions.unsupported[option] } })
  })

  it("takes what is turned off, and what is ours", () => {
    const options = { tcpClose: false, emptyNamespaces: [], preDump: undefined, leaveRunning: true, timeout: 5 }
    expect(Either.isRight(ContainerdOptions.check(options))).toBe(true)
  })
})

describe("RuncOptions", () => {
  const own: RuncOptions.Any = {
    type: "containerd.runc.v1.Options",
    value: Wire.write({ 6: "/usr/bin/runc", 7: "/run/other", 9: true, 10: "/before" })
  }

  it("keeps a container's own options at a restore, and its images last", () => {
    const read = Wire.read(RuncOptions.restore(own, { imagePath: "/images", workPath: "/work" }).value)
    expect([read.text(6), read.text(7), read.flag(9), read.text(10), read.text(11)])
      .toEqual(["/usr/bin/runc", "/run/other", true, "/images", "/work"])
  })

  it("knows where runc keeps its state", () => {
    expect(RuncOptions.root(own, "n")).toBe("/run/other/n")
    expect(RuncOptions.root({ type: "", value: new Uint8Array() }, "n")).toBe("/run/containerd/runc/n")
    expect(RuncOptions.root({ type: "runsc.Options", value: own.value }, "n")).toBe("/run/containerd/runc/n")
  })
})
