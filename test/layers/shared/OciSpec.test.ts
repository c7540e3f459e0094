import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as OciSpec from "../../../src/layers/shared/OciSpec.ts"

const spec = Either.getOrThrow(OciSpec.parse(JSON.stringify({
  ociVersion: "1.0.0",
  annotations: null,
  root: { path: "rootfs" },
  mounts: [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/data", type: "bind", source: "/host/data", options: ["rbind", "rw"] },
    { destination: "/data/tmp", type: "tmpfs", source: "tmpfs" },
    { destination: "/own/", source: "own", options: ["bind"] }
  ],
  linux: { namespaces: [{ type: "pid" }, { type: "network", path: "/run/netns/a" }, { type: "ipc", path: "" }] }
})))

describe("OciSpec", () => {
  it.each([
    ["/bin/sh", "/r/bin/sh"],
    ["bin/sh", "/r/bin/sh"],
    ["/data", "/host/data"],
    ["/data/a/b", "/host/data/a/b"],
    ["/database", "/r/database"],
    ["/data/tmp/x", undefined],
    ["/proc/1/maps", undefined],
    ["/own/x", "/b/own/x"]
  ])("%s lies on the host at %s", (inside, host) => {
    expect(OciSpec.onHost(spec, "/b", "/r", inside)).toBe(host)
  })

  it("names what a container is made of", () => {
    expect(OciSpec.rootOf(spec, "/b")).toBe("/b/rootfs")
    expect(OciSpec.networkPath(spec)).toBe("/run/netns/a")
    expect(OciSpec.hostPaths(spec, "/b")).toEqual([
      { what: "network namespace", path: "/run/netns/a" },
      { what: 'source of the mount "/data"', path: "/host/data" },
      { what: 'source of the mount "/own/"', path: "/b/own" }
    ])
  })

  it("refuses what is no specification", () => {
    for (const text of ["", "{", '{"root":1}']) expect(Either.isLeft(OciSpec.parse(text))).toBe(true)
  })
})
