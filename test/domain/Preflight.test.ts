import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { type CheckpointOptions, Preflight, type Survey } from "stasis"

type Options = CheckpointOptions.CreateOptions
type Verdict = Preflight.Verdict | undefined

const at = { pid: 7, descriptor: 3 }
const tcp = {
  _tag: "TcpConnection",
  ...at,
  state: "Connected",
  local: "127.0.0.1:80",
  remote: "127.0.0.1:4000"
} as const
const unix = { _tag: "UnixSocket", ...at, type: "stream", peer: "outside" } as const
const lock = { _tag: "FileLock", ...at, kind: "FLOCK", path: "/run/x", mapped: false } as const
const ghost = { _tag: "DeletedFile", ...at, path: "/x", bytes: 2_000_000, links: 0 } as const
const terminal = { _tag: "Terminal", ...at, path: "/dev/pts/0", from: "outside" } as const

const surveyOf = (...resources: ReadonlyArray<Survey.Resource>): Survey.Survey => ({
  depth: "whole",
  processes: [{ pid: 7, name: "web", session: 7, uid: 0, state: "S" }],
  resources,
  unseen: [],
  bytes: 4096
})

/** Resource, options that are given, its verdict, whether it stands, the option that it needs. */
const table: ReadonlyArray<readonly [Survey.Resource, Options, Verdict, boolean, Options]> = [
  [tcp, {}, "option", true, { tcpEstablished: true }],
  [tcp, { tcpEstablished: true }, "option", false, { tcpEstablished: true }],
  [tcp, { tcpClose: true }, "option", false, { tcpClose: true }],
  [tcp, { fileLocks: true }, "option", true, { tcpEstablished: true }],
  [{ ...tcp, state: "Accepting" }, { tcpEstablished: true }, "blocked", true, {}],
  [unix, { externalUnixSockets: true }, "blocked", true, {}],
  [{ ...unix, peer: "inside" }, {}, undefined, false, {}],
  [{ ...unix, type: "seqpacket" }, {}, "blocked", true, {}],
  [{ ...unix, type: "datagram" }, {}, "option", true, { externalUnixSockets: true }],
  [{ ...unix, type: "datagram" }, { externalUnixSockets: true }, "option", false, { externalUnixSockets: true }],
  [{ ...unix, type: "datagram", peer: "elsewhere" }, { externalUnixSockets: true }, "blocked", true, {}],
  [lock, {}, "option", true, { fileLocks: true }],
  [lock, { fileLocks: true }, "option", false, { fileLocks: true }],
  [lock, { force: true }, "option", true, { fileLocks: true }],
  [{ ...lock, mapped: true }, { fileLocks: true }, "option", false, { fileLocks: true }],
  [{ ...lock, mapped: true, kind: "OFD" }, { fileLocks: true }, "option", false, { fileLocks: true }],
  [ghost, {}, "option", true, { ghostLimit: 2_000_000 }],
  [ghost, { ghostLimit: 1_999_999 }, "option", true, { ghostLimit: 2_000_000 }],
  [ghost, { ghostLimit: 2_000_000 }, "option", false, { ghostLimit: 2_000_000 }],
  [{ ...ghost, bytes: 1_048_576 }, {}, undefined, false, {}],
  [{ ...ghost, bytes: 1_048_577 }, {}, "option", true, { ghostLimit: 1_048_577 }],
  [{ ...ghost, bytes: 5000 }, { ghostLimit: 0 }, "option", true, { ghostLimit: 5000 }],
  [{ ...ghost, bytes: 1, links: 1 }, {}, "option", true, { linkRemap: true }],
  [{ ...ghost, bytes: 1, links: 1 }, { linkRemap: true }, "option", false, { linkRemap: true }],
  [terminal, {}, "option", true, { shellJob: true }],
  [{ ...terminal, from: "inside" }, {}, undefined, false, {}],
  [{ _tag: "ForeignSession", pid: 7 }, { shellJob: true }, "option", false, { shellJob: true }],
  [{ _tag: "OutsideFile", ...at, path: "/x" }, {}, "blocked", true, {}],
  [{ _tag: "Device", ...at, path: "/dev/fuse", major: 10, minor: 229 }, {}, "blocked", true, {}],
  [{ _tag: "HalfPipe", ...at, end: "read" }, {}, "notice", false, {}],
  [{ _tag: "ForeignDescriptor", ...at, kind: "io_uring" }, { force: true }, "blocked", true, {}],
  [{ _tag: "RepeatingTimer", ...at }, {}, "notice", false, {}],
  [{ _tag: "EventSemaphore", ...at }, {}, "silent", true, {}],
  [{ _tag: "EventSemaphore", ...at }, { force: true }, "silent", false, {}],
  [{ _tag: "Traced", pid: 7, tracer: "gdb" }, {}, "blocked", true, {}],
  [{ _tag: "NestedNamespace", pid: 7, kind: "user" }, {}, "blocked", true, {}],
  [{ _tag: "SharedMemory", pid: 7 }, {}, "blocked", true, {}],
  [{ _tag: "MissingRight", pid: 7, right: "CAP_SYS_RESOURCE", at: "checkpoint" }, {}, "blocked", true, {}],
  [{ _tag: "MissingRight", pid: 7, right: "CAP_SETPCAP", at: "restore" }, { force: true }, "blocked", true, {}],
  [{ _tag: "LinkedMount", pid: 7, destination: "/f", source: "/link" }, {}, "blocked", true, {}],
  [{ _tag: "RemovedWhenStopped", pid: 7 }, {}, "blocked", true, {}],
  [{ _tag: "RemovedWhenStopped", pid: 7 }, { leaveRunning: true }, undefined, false, {}]
]

describe("judge", () => {
  for (const [resource, options, verdict, stands, needed] of table) {
    it(`${JSON.stringify(resource)} with ${JSON.stringify(options)}`, () => {
      const found = Preflight.judge(surveyOf(resource), options)
      expect(found.findings[0]?.verdict).toBe(verdict)
      expect(found.findings[0]?.stands ?? false).toBe(stands)
      expect(found.possible).toBe(!found.findings.some((one) => one.stands))
      expect(found.options).toEqual(needed)
      if (verdict !== undefined) expect(found.findings[0]).toMatchObject({ pid: 7, process: "web" })
    })
  }

  it("refuses what CRIU would lose without a word, unless forced", () => {
    const lease = Preflight.judge(surveyOf({ ...lock, kind: "LEASE", mapped: true }), { fileLocks: true })
    expect(Preflight.refusal(lease)).toMatchObject({ verdict: "silent", reason: "LockLost" })
    const survey = surveyOf({ ...lock, kind: "POSIX", mapped: true })
    const found = Preflight.judge(survey, { fileLocks: true })
    expect(Preflight.refusal(found)).toMatchObject({ verdict: "silent", reason: "LockLost", option: "force" })
    // It is never offered: what needs it is broken.
    expect(found.options).toEqual({ fileLocks: true })
    const forced = Preflight.judge(survey, { fileLocks: true, force: true })
    expect(forced.possible).toBe(true)
    expect(forced.findings.map(({ verdict }) => verdict)).toEqual(["option", "silent"])
  })

  it("puts first what no option cures, whatever came first", () => {
    const found = Preflight.judge(surveyOf({ _tag: "HalfPipe", ...at, end: "read" }, lock, unix), {})
    expect(found.findings.map(({ verdict }) => verdict)).toEqual(["blocked", "option", "notice"])
    expect(Preflight.refusal(found)).toBe(found.findings[0])
  })

  it("takes an option that the runtime refuses for none, and says why", () => {
    const found = Preflight.judge(surveyOf({ ...ghost, links: 1 }), {}, { unsupported: { linkRemap: "it is broken" } })
    expect(found.findings).toEqual([expect.objectContaining({
      verdict: "blocked",
      detail: expect.stringMatching(/, and option "linkRemap" cannot be used: it is broken$/)
    })])
    expect(found.options).toEqual({})
  })

  it("needs room for the memory, where it was looked at", () => {
    expect(Preflight.judge(surveyOf(), {})).toEqual({ possible: true, options: {}, findings: [], bytes: 4096 })
    expect(Preflight.judge(surveyOf(), {}, { free: 4096 })).toMatchObject({ possible: true, free: 4096 })
    const found = Preflight.judge(surveyOf(), {}, { free: 4095 })
    expect(found.possible).toBe(false)
    expect(Preflight.refusal(found)).toMatchObject({ verdict: "blocked", reason: "NoSpace" })
  })

  it("says the same thing of the same process once, and asks for the largest of several files", () => {
    const found = Preflight.judge(
      surveyOf(lock, { ...lock, descriptor: 9 }, ghost, { ...ghost, path: "/y", bytes: 3e6 }),
      {}
    )
    expect(found.findings.filter(({ reason }) => reason === "FileLock")).toHaveLength(1)
    expect(found.options).toEqual({ fileLocks: true, ghostLimit: 3e6 })
  })

  it("tells what was not seen, which stands against nothing", () => {
    const found = Preflight.judge({ ...surveyOf(), unseen: ["no ss"] }, {})
    expect(found.findings).toEqual([{ verdict: "notice", reason: "Unknown", stands: false, detail: "no ss" }])
    expect(found.possible).toBe(true)
  })

  it("goes over a wire and back", () => {
    const found = Preflight.judge(surveyOf(lock, ghost, unix), { ghostLimit: 5 }, { free: 1 })
    const text = Schema.encodeSync(Schema.parseJson(Preflight.Preflight))(found)
    expect(Schema.decodeSync(Schema.parseJson(Preflight.Preflight))(text)).toEqual(found)
  })
})
