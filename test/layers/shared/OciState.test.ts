import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as OciState from "../../../src/layers/shared/OciState.ts"

// What runc 1.1.15 and crun 1.21 wrote, cut down.
const runc = {
  id: "c-runc",
  init_process_pid: 44,
  init_process_start: 172734,
  created: "2026-11-23T21:44:46.849129499Z",
  config: { rootfs: "/tmp/b/rootfs", labels: ["org.a=b=c", "alone", "bundle=/tmp/b"], mounts: [] },
  cgroup_paths: { "": "/sys/fs/cgroup/c-runc" }
}
const crun = {
  pid: 311,
  "process-start-time": 172901,
  "cgroup-path": "/c-crun",
  scope: "",
  rootfs: "rootfs",
  bundle: "/tmp/b",
  detached: true
}

const readCrun = (status: object) => OciState.fromCrun("c-crun", JSON.stringify(status), { team: "blue" }, "/cg")

describe("OciState", () => {
  it("reads runc's state", () => {
    expect(OciState.fromRunc(JSON.stringify(runc))).toEqual(Either.right({
      id: "c-runc",
      pid: 44,
      startTime: 172734,
      bundle: "/tmp/b",
      rootfs: "/tmp/b/rootfs",
      cgroup: "/sys/fs/cgroup/c-runc",
      annotations: { "org.a": "b=c", alone: "" }
    }))
  })

  it("takes the freezer of version 1, and no cgroup where there is none", () => {
    const cgroupOf = (cgroup_paths: object | null) =>
      Either.map(OciState.fromRunc(JSON.stringify({ ...runc, cgroup_paths })), (state) => state.cgroup)
    expect(cgroupOf({ memory: "/m/c", freezer: "/f/c" })).toEqual(Either.right("/f/c"))
    expect(cgroupOf(null)).toEqual(Either.right(undefined))
  })

  it("reads crun's status", () => {
    expect(readCrun(crun)).toEqual(Either.right({
      id: "c-crun",
      pid: 311,
      startTime: 172901,
      bundle: "/tmp/b",
      rootfs: "/tmp/b/rootfs",
      cgroup: "/cg/c-crun",
      annotations: { team: "blue" }
    }))
    expect(
      Either.map(readCrun({ ...crun, rootfs: "/r", "cgroup-path": null }), (state) => [state.rootfs, state.cgroup])
    )
      .toEqual(Either.right(["/r", undefined]))
  })

  it.each(["", "{", "[]", '{"id":1}'])("says that %j is no state", (text) => {
    expect(Either.isLeft(OciState.fromRunc(text))).toBe(true)
    expect(Either.isLeft(OciState.fromCrun("c", text, {}, "/cg"))).toBe(true)
  })

  it.each([
    ["c1", true],
    ["a_b+c.d-e", true],
    ["", false],
    [".", false],
    ["..", false],
    ["../c1", false],
    ["a/b", false],
    ["a b", false],
    ["a\n", false]
  ])("%j is an id: %s", (text, is) => {
    expect(OciState.isId(text)).toBe(is)
  })
})
