// What may be asked, what may not, and what of it is asked of CRIU.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Options from "../../src/domain/CheckpointOptions.ts"

const accepts = <A, I>(schema: Schema.Schema<A, I>, value: unknown): boolean =>
  Either.isRight(Schema.decodeUnknownEither(schema)(value))

const shared: ReadonlyArray<readonly [value: Readonly<Record<string, unknown>>, accepted: boolean]> = [
  [{}, true],
  [{ ghostLimit: 0 }, true],
  [{ ghostLimit: 1_048_576 }, true],
  [{ ghostLimit: -1 }, false],
  [{ ghostLimit: 1.5 }, false],
  [{ ghostLimit: "1048576" }, false],
  [{ ghostLimit: null }, false],
  [{ timeout: 1 }, true],
  [{ timeout: 0 }, false],
  [{ timeout: -1 }, false],
  [{ timeout: 0.5 }, false],
  [{ timeout: "10" }, false],
  [{ wait: false }, true],
  [{ wait: "no" }, false],
  [{ checkpointDir: "/srv" }, true],
  [{ checkpointDir: 5 }, false],
  [{
    tcpEstablished: true,
    tcpClose: false,
    externalUnixSockets: true,
    shellJob: true,
    fileLocks: true,
    linkRemap: true
  }, true],
  [{ tcpEstablished: 1 }, false],
  [{ tcpClose: "true" }, false],
  [{ externalUnixSockets: 0 }, false],
  [{ shellJob: "" }, false],
  [{ fileLocks: [] }, false],
  [{ linkRemap: {} }, false],
  [{ manageCgroupsMode: "soft" }, true],
  [{ manageCgroupsMode: "full" }, true],
  [{ manageCgroupsMode: "strict" }, true],
  [{ manageCgroupsMode: "ignore" }, true],
  [{ manageCgroupsMode: "none" }, false],
  [{ manageCgroupsMode: "SOFT" }, false],
  [{ emptyNamespaces: [] }, true],
  [{ emptyNamespaces: ["network"] }, true],
  [{ emptyNamespaces: "network" }, false],
  [{ emptyNamespaces: [1] }, false]
]

describe("CheckpointOptions", () => {
  it.each(shared)("of create and restore: %j accepted %s", (value, accepted) => {
    expect(accepts(Options.CreateOptions, value)).toBe(accepted)
    expect(accepts(Options.RestoreOptions, value)).toBe(accepted)
  })

  it.each([
    [{ leaveRunning: true, preDump: true, durability: "full", parentPath: "base" }, true],
    [{ durability: "none" }, true],
    [{ durability: "half" }, false],
    [{ durability: false }, false],
    [{ leaveRunning: "yes" }, false],
    [{ preDump: 1 }, false],
    [{ parentPath: "../base" }, false],
    [{ parentPath: "/srv/base" }, false],
    [{ parentPath: "b" }, false],
    [{ parentPath: "" }, false]
  ])("of create: %j accepted %s", (value, accepted) => {
    expect(accepts(Options.CreateOptions, value)).toBe(accepted)
  })

  it.each([
    [{ lazyPages: true, replace: true }, true],
    [{ lazyPages: 1 }, false],
    [{ replace: "yes" }, false],
    [{ oci: {} }, true],
    [{ oci: { bundle: "/b", consoleSocket: "/s", pidFile: "/p", stdout: "/o", stderr: "/e" } }, true],
    [{ oci: "/b" }, false],
    [{ oci: { bundle: 5 } }, false],
    [{ oci: { pidFile: true } }, false]
  ])("of restore: %j accepted %s", (value, accepted) => {
    expect(accepts(Options.RestoreOptions, value)).toBe(accepted)
  })

  it.each([
    [{}, true],
    [{ durability: "none", wait: false, timeout: 5, checkpointDir: "/srv" }, true],
    [{ durability: "half" }, false],
    [{ timeout: 0 }, false]
  ])("of remove: %j accepted %s", (value, accepted) => {
    expect(accepts(Options.RemoveOptions, value)).toBe(accepted)
  })

  it.each([[{}, true], [{ checkpointDir: "/srv" }, true], [{ checkpointDir: 5 }, false]])(
    "of reading: %j accepted %s",
    (value, accepted) => {
      expect(accepts(Options.ReadOptions, value)).toBe(accepted)
    }
  )
})

const all: Options.CriuOptions = {
  tcpEstablished: false,
  tcpClose: true,
  externalUnixSockets: false,
  shellJob: true,
  fileLocks: false,
  linkRemap: true,
  ghostLimit: 0,
  manageCgroupsMode: "ignore",
  emptyNamespaces: []
}

describe("CheckpointOptions.criuOptions", () => {
  it("keeps every option that CRIU is asked for, whatever its value", () => {
    expect(Object.keys(all)).toEqual(Object.keys(Options.CriuOptions.fields))
    expect(Options.criuOptions(all)).toStrictEqual(all)
    for (const key of Object.keys(Options.CriuOptions.fields)) {
      const one: Options.CriuOptions = Object.fromEntries(Object.entries(all).filter(([name]) => name === key))
      expect(Options.criuOptions(one)).toStrictEqual(one)
    }
  })

  it("leaves out what is ours, and what says nothing", () => {
    expect(Options.criuOptions({ leaveRunning: true, preDump: true, durability: "none", timeout: 5, wait: true }))
      .toStrictEqual({})
    expect(Options.criuOptions({ replace: true, lazyPages: true, oci: { bundle: "/b" }, checkpointDir: "/c" }))
      .toStrictEqual({})
    expect(Object.keys(Options.criuOptions({ tcpEstablished: undefined, ghostLimit: undefined }))).toHaveLength(0)
  })

  it.prop("is the shared part of any options, and of itself", [Options.CreateOptions, Options.RestoreOptions], (
    [create, restore]
  ) => {
    for (const chosen of [Options.criuOptions(create), Options.criuOptions(restore)]) {
      expect(Options.criuOptions(chosen)).toStrictEqual(chosen)
      expect(accepts(Options.CriuOptions, chosen)).toBe(true)
    }
    expect(Options.criuOptions(create)).toEqual(
      Object.fromEntries(Object.entries(create).filter(([key]) => key in Options.CriuOptions.fields))
    )
  })
})
