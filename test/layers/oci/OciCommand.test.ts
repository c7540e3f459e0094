import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type { CreateOptions, RestoreOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as OciCommand from "../../../src/layers/oci/OciCommand.ts"

const plan = { id: "c1", imagePath: "/i", workPath: "/w", trackMemory: false }

const dump = (runtime: "runc" | "crun", options: CreateOptions, leaveRunning = true) =>
  OciCommand.checkpoint(runtime, { ...plan, leaveRunning, options })

const back = (runtime: "runc" | "crun", options: RestoreOptions) =>
  OciCommand.restore(runtime, { id: "c1", imagePath: "/i", workPath: "/w", bundle: "/b", options })

const folders = ["--image-path", "/i", "--work-path", "/w"]

describe("OciCommand", () => {
  it("dumps with nothing asked for", () => {
    expect(dump("runc", {})).toEqual({ args: ["checkpoint", ...folders, "--leave-running", "c1"], criu: {} })
    expect(dump("runc", {}, false).args).toEqual(["checkpoint", ...folders, "c1"])
    expect(dump("crun", {}).args)
      .toEqual(["checkpoint", ...folders, "--leave-running", "--manage-cgroups-mode=ignore", "c1"])
  })

  it.each<[CreateOptions, ReadonlyArray<string>, object]>([
    [{ tcpEstablished: true }, ["--tcp-established"], {}],
    [{ externalUnixSockets: true }, ["--ext-unix-sk"], {}],
    [{ shellJob: true }, ["--shell-job"], {}],
    [{ fileLocks: true }, ["--file-locks"], {}],
    [{ manageCgroupsMode: "full" }, ["--manage-cgroups-mode=full"], {}],
    [{ emptyNamespaces: ["network"] }, ["--empty-ns", "network"], {}],
    [{ tcpClose: true }, [], { "tcp-close": true }],
    [{ ghostLimit: 5 }, [], { "ghost-limit": 5 }],
    [{ timeout: 1 }, [], { timeout: 1 }],
    [{ timeout: 2001 }, [], { timeout: 3 }],
    [{ tcpEstablished: false, fileLocks: false, tcpClose: false }, [], {}]
  ])("%j", (options, flags, criu) => {
    expect(dump("runc", options)).toEqual({ args: ["checkpoint", ...folders, "--leave-running", ...flags, "c1"], criu })
  })

  it("copies memory ahead, and builds on it", () => {
    const ahead = { ...plan, imagePath: "/i/pre-dump", options: { tcpEstablished: true } }
    expect(OciCommand.preDump("runc", ahead)).toEqual({
      args: ["checkpoint", "--pre-dump", "--image-path", "/i/pre-dump", "--work-path", "/w", "--tcp-established", "c1"],
      criu: {}
    })
    const built = { ...plan, parentPath: "pre-dump", leaveRunning: true, options: {} }
    expect(OciCommand.checkpoint("runc", built).args)
      .toEqual(["checkpoint", ...folders, "--parent-path", "pre-dump", "--leave-running", "c1"])
  })

  it("has the kernel track memory, where it can, by CRIU's configuration: the runtimes have no flag for it", () => {
    const tracked = { ...plan, trackMemory: true, leaveRunning: true, options: { tcpClose: true } }
    for (const runtime of ["runc", "crun"] as const) {
      expect(OciCommand.checkpoint(runtime, tracked).criu).toEqual({ "tcp-close": true, "track-mem": true })
    }
  })

  it("restores", () => {
    expect(back("runc", {}).args).toEqual(["restore", "--detach", "--bundle", "/b", ...folders, "c1"])
    expect(back("crun", {}).args)
      .toEqual(["restore", "--detach", "--bundle", "/b", ...folders, "--manage-cgroups-mode=ignore", "c1"])
    expect(back("runc", { lazyPages: true, fileLocks: true, oci: { consoleSocket: "/s", pidFile: "/p" } }).args)
      .toEqual(
        ["restore", "--detach", "--bundle", "/b", ...folders, "--console-socket", "/s", "--pid-file", "/p"]
          .concat("--lazy-pages", "--file-locks", "c1")
      )
    expect(back("runc", { lazyPages: true }).criu).toEqual({})
    expect(back("crun", { lazyPages: true }).args).toEqual(back("crun", {}).args)
    expect(back("crun", { lazyPages: true }).criu).toEqual({ "lazy-pages": true })
  })

  it.each<["runc" | "crun", CreateOptions | RestoreOptions, string | undefined, ReadonlyArray<string>]>([
    ["runc", {}, undefined, []],
    ["runc", { emptyNamespaces: ["network"], lazyPages: true }, undefined, []],
    ["crun", { manageCgroupsMode: "ignore" }, undefined, []],
    ["runc", { manageCgroupsMode: "ignore" }, "manageCgroupsMode", ["crun"]],
    ["runc", { linkRemap: true }, "linkRemap", []],
    ["crun", { linkRemap: true }, "linkRemap", []],
    ["runc", { emptyNamespaces: ["network", "pid"] }, "emptyNamespaces", []],
    ["crun", { emptyNamespaces: ["network"] }, "emptyNamespaces", ["runc"]],
    ["crun", { lazyPages: true }, undefined, []],
    ["runc", { tcpEstablished: true, tcpClose: true }, "tcpClose", []]
  ])("%s refuses of %j: %s", (runtime, options, option, supportedBy) => {
    const checked = OciCommand.check(runtime, options)
    expect(Either.isLeft(checked) ? [checked.left.option, checked.left.supportedBy] : [undefined, []])
      .toEqual([option, supportedBy])
  })
})
