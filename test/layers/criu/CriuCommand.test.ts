/** What CRIU is asked for, as data: nothing is started. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { CreateOptions, RestoreOptions } from "../../../src/domain/CheckpointOptions.ts"
import * as CriuCommand from "../../../src/layers/criu/CriuCommand.ts"

const folders = { imagePath: "/i", workPath: "/w" }
const common = ["--images-dir=/i", "--work-dir=/w"]
const dumpOf = (options: CreateOptions, more: Partial<CriuCommand.DumpPlan> = {}) =>
  CriuCommand.dump({
    ...folders,
    pid: 7,
    after: "running",
    trackMemory: false,
    unprivileged: false,
    options,
    ...more
  })
const restoreOf = (options: RestoreOptions, more: Partial<CriuCommand.RestorePlan> = {}) =>
  CriuCommand.restore({
    ...folders,
    pidFile: "/w/root.pid",
    after: "running",
    unprivileged: false,
    options,
    ...more
  })

const plainDump = ["dump", ...common, "--log-file=dump.log", "-v3", "--tree", "7"]
const plainRestore = [
  ...["restore", ...common, "--log-file=restore.log", "-v3"],
  ...["--restore-detached", "--pidfile=/w/root.pid"]
]

describe("CriuCommand", () => {
  it("leaves the tree as it is asked to", () => {
    expect(dumpOf({})).toEqual([...plainDump, "--leave-running", "--manage-cgroups=ignore"])
    expect(dumpOf({}, { after: "stopped" })).toEqual([...plainDump, "--leave-stopped", "--manage-cgroups=ignore"])
    expect(dumpOf({}, { after: "ended" })).toEqual([...plainDump, "--manage-cgroups=ignore"])
    expect(restoreOf({})).toEqual([...plainRestore, "--manage-cgroups=ignore"])
    expect(restoreOf({}, { after: "stopped" })).toEqual([...plainRestore, "--leave-stopped", "--manage-cgroups=ignore"])
  })

  const options: ReadonlyArray<readonly [CreateOptions, ReadonlyArray<string>]> = [
    [{ tcpEstablished: true }, ["--tcp-established", "--manage-cgroups=ignore"]],
    [{ tcpClose: true }, ["--manage-cgroups=ignore", "--tcp-close"]],
    [{ externalUnixSockets: true }, ["--ext-unix-sk", "--manage-cgroups=ignore"]],
    [{ shellJob: true }, ["--shell-job", "--manage-cgroups=ignore"]],
    [{ fileLocks: true }, ["--file-locks", "--manage-cgroups=ignore"]],
    [{ ghostLimit: 4096 }, ["--ghost-limit", "4096", "--manage-cgroups=ignore"]],
    [{ manageCgroupsMode: "soft" }, ["--manage-cgroups=soft"]],
    [{ emptyNamespaces: ["network"] }, ["--manage-cgroups=ignore", "--empty-ns", "net"]],
    [{ timeout: 1500 }, ["--manage-cgroups=ignore", "--timeout", "2"]],
    [{ fileLocks: false, leaveRunning: true, durability: "none" }, ["--manage-cgroups=ignore"]]
  ]
  it.each(options)("%o at the dump and at the restore", (asked, flags) => {
    expect(dumpOf(asked)).toEqual([...plainDump, "--leave-running", ...flags])
    const { durability: _, leaveRunning: __, ...again } = asked
    expect(restoreOf(again)).toEqual([...plainRestore, ...flags])
  })

  it("builds on an earlier checkpoint, and notes what changes from now on", () => {
    expect(dumpOf({}, { parentPath: "../one", trackMemory: true })).toEqual(
      [...plainDump, "--leave-running", "--prev-images-dir", "../one", "--track-mem", "--manage-cgroups=ignore"]
    )
    expect(CriuCommand.preDump({ ...folders, pid: 7, unprivileged: false, options: {} })).toEqual(
      ["pre-dump", ...common, "--log-file=dump.log", "-v3", "--tree", "7", "--track-mem", "--manage-cgroups=ignore"]
    )
  })

  it("says where it has not all rights of root", () => {
    expect(dumpOf({}, { unprivileged: true })).toContain("--unprivileged")
    expect(restoreOf({}, { unprivileged: true })).toContain("--unprivileged")
  })

  it("brings memory in behind a restore", () => {
    expect(restoreOf({ lazyPages: true })).toEqual([...plainRestore, "--lazy-pages", "--manage-cgroups=ignore"])
  })

  it("refuses what CRIU cannot be asked for", () => {
    const refusals: ReadonlyArray<readonly [CreateOptions | RestoreOptions, string]> = [
      [{ linkRemap: true }, "linkRemap"],
      [{ tcpEstablished: true, tcpClose: true }, "tcpClose"],
      [{ emptyNamespaces: ["mount"] }, "emptyNamespaces"],
      [{ oci: { bundle: "/b" } }, "oci"]
    ]
    for (const [asked, option] of refusals) {
      expect(CriuCommand.check(asked)).toMatchObject({ _tag: "Left", left: { _tag: "OptionUnsupported", option } })
    }
    expect(CriuCommand.check({ tcpEstablished: true, criu: { newPids: true } })).toEqual(Either.void)
  })

  it("makes one argument of each path, whatever is in it", () => {
    FastCheck.assert(FastCheck.property(FastCheck.string(), (text) => {
      const args = dumpOf({}, { imagePath: `/${text}`, workPath: `/w${text}` })
      expect(args).toContain(`--images-dir=/${text}`)
      expect(args).toContain(`--work-dir=/w${text}`)
      expect(args).toHaveLength(plainDump.length + 2)
    }))
  })
})
