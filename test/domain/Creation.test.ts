// Whether a container can be checkpointed, how that ends it, and what is recorded.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Config from "../../src/domain/CheckpointConfig.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"
import { CreateOptions } from "../../src/domain/CheckpointOptions.ts"
import { Container, ContainerState } from "../../src/domain/Container.ts"
import * as Creation from "../../src/domain/Creation.ts"
import type { Intent, Mode } from "../../src/domain/Intent.ts"

const container: Container = { id: "0123", state: "running", labels: {}, identity: "i" }

describe("Creation.decide", () => {
  it.each(ContainerState.literals)(
    "takes a running or paused container, and says of one that is %s that it is not",
    (state) => {
      const decided = Creation.decide({ ...container, state }, {}, false)
      if (state === "running" || state === "paused") {
        expect(decided).toEqual(Either.right({ mode: "PauseThenStop", paused: state === "paused" }))
      } else {
        const error = Either.getOrUndefined(Either.flip(decided))
        expect(error?._tag).toBe("ContainerNotRunning")
        expect(error?.state).toBe(state)
        expect(error?.message).toBe("Container 0123 not running")
      }
    }
  )

  it("calls a container by its name where it has one", () => {
    const decided = Creation.decide({ ...container, name: "web", state: "stopped" }, {}, false)
    expect(Either.getOrUndefined(Either.flip(decided))?.message).toBe("Container web not running")
  })

  it.each<readonly [leave: boolean | undefined, tcp: boolean | undefined, byItself: boolean, mode: Mode]>([
    [undefined, undefined, false, "PauseThenStop"],
    [undefined, undefined, true, "StopInDump"],
    [undefined, false, false, "PauseThenStop"],
    [undefined, false, true, "StopInDump"],
    [undefined, true, false, "StopInDump"],
    [undefined, true, true, "StopInDump"],
    [false, undefined, false, "PauseThenStop"],
    [false, undefined, true, "StopInDump"],
    [false, true, false, "StopInDump"],
    [false, true, true, "StopInDump"],
    [true, undefined, false, "LeaveRunning"],
    [true, undefined, true, "LeaveRunning"],
    [true, true, false, "LeaveRunning"],
    [true, true, true, "LeaveRunning"]
  ])(
    "leaveRunning %s, tcpEstablished %s, a runtime that stops by itself %s: %s",
    (leaveRunning, tcpEstablished, byItself, mode) => {
      expect(Creation.decide(container, { leaveRunning, tcpEstablished }, byItself))
        .toEqual(Either.right({ mode, paused: false }))
    }
  )

  it.prop("never stops a container that is to go on, and bets it on the disk only where it must", [
    Container,
    CreateOptions
  ], (
    [any, options]
  ) => {
    const decided = Creation.decide(any, options, false)
    if (Either.isLeft(decided)) return
    const { mode } = decided.right
    expect(mode === "LeaveRunning").toBe(options.leaveRunning === true)
    expect(mode === "StopInDump").toBe(options.leaveRunning !== true && options.tcpEstablished === true)
    expect(Creation.stateAfterDump(decided.right) === "stopped").toBe(mode === "StopInDump")
  })
})

describe("Creation.stateAfterDump", () => {
  it.each<readonly [Mode, paused: boolean, state: string]>([
    ["LeaveRunning", false, "running"],
    ["LeaveRunning", true, "paused"],
    ["PauseThenStop", false, "paused"],
    ["PauseThenStop", true, "paused"],
    ["StopInDump", false, "stopped"],
    ["StopInDump", true, "stopped"]
  ])("of %s, paused before %s, is %s", (mode, paused, state) => {
    expect(Creation.stateAfterDump({ mode, paused })).toBe(state)
  })
})

const intent: Intent = {
  version: 1,
  operation: "op",
  checkpoint: Either.getOrThrow(CheckpointName.parse("first")),
  directory: "/srv/checkpoints",
  container,
  mode: "LeaveRunning",
  paused: false,
  options: {},
  runtime: { name: "runc" },
  started: 0
}

describe("Creation.describe", () => {
  it("records the least", () => {
    expect(Creation.describe(intent, "2016-11-22T14:22:09Z", {})).toStrictEqual({
      created: "2016-11-22T14:22:09Z",
      name: "first",
      tcp: false,
      unixSockets: false,
      shell: false,
      exit: false,
      emptyNS: [],
      stasis: {
        version: 1,
        published: true,
        operation: "op",
        container: { id: "0123", labels: {}, identity: "i" },
        runtime: { name: "runc" },
        options: {},
        paused: false
      }
    })
  })

  it("records everything", () => {
    const options: CreateOptions = {
      tcpEstablished: true,
      externalUnixSockets: true,
      shellJob: true,
      emptyNamespaces: ["network"],
      ghostLimit: 5
    }
    const process = { pid: 7, startTime: 8, bootId: "x" }
    const dumped = {
      bytes: 9,
      milliseconds: 10,
      files: [{ path: "/log", size: 11 }],
      statistics: {
        freezingMicros: 1,
        frozenMicros: 2,
        memoryDumpMicros: 3,
        memoryWriteMicros: 4,
        pagesScanned: 5,
        pagesSkippedParent: 6,
        pagesWritten: 7
      }
    }
    const full: Intent = {
      ...intent,
      container: { ...container, name: "web", image: "busybox", labels: { a: "b" }, process, root: "/r", bundle: "/b" },
      mode: "StopInDump",
      paused: true,
      options,
      runtime: { name: "runc", version: "1", criu: "4.2", kernel: "6" }
    }
    const described = Creation.describe(full, "2016-11-22T14:22:09Z", dumped)
    expect(described).toStrictEqual({
      created: "2016-11-22T14:22:09Z",
      name: "first",
      tcp: true,
      unixSockets: true,
      shell: true,
      exit: true,
      emptyNS: ["network"],
      stasis: {
        version: 1,
        published: true,
        operation: "op",
        container: {
          id: "0123",
          name: "web",
          image: "busybox",
          labels: { a: "b" },
          identity: "i",
          process,
          bundle: "/b"
        },
        runtime: { name: "runc", version: "1", criu: "4.2", kernel: "6" },
        options,
        paused: true,
        ...dumped
      }
    })
    expect(Config.parse(Config.print(described))).toStrictEqual(Either.right(described))
  })

  it.each<readonly [Mode, boolean]>([["LeaveRunning", false], ["PauseThenStop", true], ["StopInDump", true]])(
    "records %s as exit %s",
    (mode, exit) => {
      expect(Creation.describe({ ...intent, mode }, "", {}).exit).toBe(exit)
    }
  )
})
