// The texts are of Linux 6.18, shortened; the last test reads this very process.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { pid } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ProcDescriptors from "../../../src/layers/shared/ProcDescriptors.ts"
import * as ProcMaps from "../../../src/layers/shared/ProcMaps.ts"
import * as ProcPeers from "../../../src/layers/shared/ProcPeers.ts"
import * as ProcSockets from "../../../src/layers/shared/ProcSockets.ts"
import * as ProcStatus from "../../../src/layers/shared/ProcStatus.ts"
import * as ProcSurvey from "../../../src/layers/shared/ProcSurvey.ts"

describe("fdinfo", () => {
  it("has the mount, the access, and every kind of lock", () => {
    expect(ProcDescriptors.parseInfo(
      "pos:\t0\nflags:\t0100002\nmnt_id:\t97\nino:\t9\n" +
        "lock:\t1: POSIX  ADVISORY  READ 23 00:3a:9 128 128\n" +
        "lock:\t2: FLOCK  ADVISORY  WRITE 23 fd:01:1234 0 EOF\n" +
        "lock:\t3: OFDLCK ADVISORY  WRITE -1 00:3a:9 0 EOF\n" +
        "lock:\t4: LEASE  ACTIVE    WRITE 23 00:3a:9 0 EOF\n"
    )).toEqual({
      mount: "97",
      access: "both",
      terminal: undefined,
      process: undefined,
      repeats: false,
      isSemaphore: false,
      locks: [
        { kind: "POSIX", file: "00:3a:9" },
        { kind: "FLOCK", file: "fd:01:1234" },
        { kind: "OFDLCK", file: "00:3a:9" },
        { kind: "LEASE", file: "00:3a:9" }
      ]
    })
  })

  it("says nothing of a descriptor that is of something else by now: its mount would be taken for the former's", () => {
    const folder = mkdtempSync(`${tmpdir()}/stasis-`)
    const descriptor = openSync(`${folder}/file`, "w")
    expect(ProcDescriptors.info({ pid, descriptor, link: `${folder}/file` })).toMatchObject({ access: "write" })
    expect(ProcDescriptors.info({ pid, descriptor, link: `${folder}/former` })).toBeUndefined()
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  })

  it("tells the ends of a pipe, the number of a terminal, the process of a pidfd, what kind of timer or eventfd it is", () => {
    expect(ProcDescriptors.parseInfo("pos:\t0\nflags:\t02000000\n").access).toBe("read")
    expect(ProcDescriptors.parseInfo("pos:\t0\nflags:\t02000001\n").access).toBe("write")
    expect(ProcDescriptors.parseInfo("flags:\t02\nmnt_id:\t5\ntty-index:\t12\n").terminal).toBe(12)
    expect(ProcDescriptors.parseInfo("flags:\t02\nPid:\t-1\nNSpid:\t-1\n").process).toBe(-1)
    const timer = "clockid: 1\nticks: 0\nsettime flags: 00\nit_value: (0, 575573)\nit_interval: "
    expect(ProcDescriptors.parseInfo(timer + "(0, 5000000)\n").repeats).toBe(true)
    expect(ProcDescriptors.parseInfo(timer + "(0, 0)\n").repeats).toBe(false)
    const event = "eventfd-count:               63\neventfd-id: 1\neventfd-semaphore: "
    expect(ProcDescriptors.parseInfo(event + "1\n").isSemaphore).toBe(true)
    expect(ProcDescriptors.parseInfo(event + "0\n").isSemaphore).toBe(false)
    expect(ProcDescriptors.parseInfo("")).toMatchObject({ mount: undefined, locks: [] })
  })
})

describe("net/tcp", () => {
  const heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

  it("has addresses, states, and who waits; what nobody holds is left out", () => {
    expect(ProcSockets.parseTcp(
      heading +
        "   0: 0100007F:1E61 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 4117010 2 0 100\n" +
        "   1: 0100007F:A58C 0102A8C0:0050 01 00000000:00000000 00:00000000 00000000     0        0 4117012 3 0 20\n" +
        "   2: 0100007F:A58C 0102A8C0:0051 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0\n"
    )).toEqual([
      { inode: "4117010", state: 10, local: "127.0.0.1:7777", remote: "0.0.0.0:0", waiting: 3 },
      { inode: "4117012", state: 1, local: "127.0.0.1:42380", remote: "192.168.2.1:80", waiting: 0 }
    ])
  })

  for (
    const [text, address] of [
      ["00000000000000000000000000000000:0050", "[::]:80"],
      ["00000000000000000000000001000000:0050", "[::1]:80"],
      ["0000000000000000FFFF00000100007F:0050", "[::ffff:127.0.0.1]:80"],
      ["B80D0120000000000000000001000000:0050", "[2001:db8::1]:80"],
      ["B80D0120000000000000000000000000:0050", "[2001:db8::]:80"],
      ["B80D0120020001000400030006000500:0050", "[2001:db8:1:2:3:4:5:6]:80"]
    ] as const
  ) {
    it(`writes ${address} as it is written`, () => {
      const line = `   0: ${text} ${text} 01 0:0 00:0 0     0        0 5 1\n`
      expect(ProcSockets.parseTcp(heading + line)[0]?.local).toBe(address)
    })
  }

  it("finds the inodes in the other lists", () => {
    expect(ProcSockets.parseInodes(
      "Num       RefCount Protocol Flags    Type St Inode Path\n" +
        "0000000000000000: 00000002 00000000 00010000 0001 01 4117010 /run/a b\n" +
        "0000000000000000: 00000003 00000000 00000000 0001 03 4117012\n",
      6
    )).toEqual(["4117010", "4117012"])
    expect(ProcSockets.parseInodes("", 6)).toEqual([])
  })
})

describe("ss", () => {
  it("has the other ends, by any name, and the multipath sockets", () => {
    const { here, multipath, unix } = ProcPeers.parse(
      "u_str LISTEN 1      128     /tmp/a b 4116996         * 0       <-> ino:4 dev:0/69 peers: 4116998\n" +
        "u_dgr ESTAB  0      0              * 4117003         * 4117002 <->\n" +
        "u_str ESTAB  0      0       /tmp/a b 4116999         * 4116997 <-> ino:4 dev:0/69\n" +
        "u_seq ESTAB  0      0              * 4117006    @abs 4117007 ---\n" +
        "mptcp ESTAB  0      0      127.0.0.1:7777    127.0.0.1:42380   ino:4117014 sk:f2ae cgroup:/init <->\n"
    )
    expect(unix).toEqual([
      { inode: "4117003", type: "datagram", peer: "4117002", path: undefined },
      { inode: "4116999", type: "stream", peer: "4116997", path: "/tmp/a b" },
      { inode: "4117006", type: "seqpacket", peer: "4117007", path: "@abs" }
    ])
    expect([...here]).toEqual(["4116996", "4117003", "4116999", "4117006"])
    expect([...multipath]).toEqual(["4117014"])
    expect(ProcPeers.parse("")).toEqual({ unix: [], here: new Set(), multipath: new Set() })
  })
})

describe("maps", () => {
  it("has files by their numbers and their paths, spaces and all", () => {
    expect(ProcMaps.parse(
      "7f4ab0b2e000-7f4ab0b36000 rw-s 00000000 00:3a 9                          /tmp/w idle/db-shm\n" +
        "7f4ab0db6000-7f4ab0db8000 rw-p 00000000 00:00 0 \n" +
        "7ffd0e3f2000-7ffd0e413000 rw-p 00000000 00:00 0                          [stack]\n"
    )).toEqual([
      { range: "7f4ab0b2e000-7f4ab0b36000", file: "00:3a:9", path: "/tmp/w idle/db-shm" },
      { range: "7f4ab0db6000-7f4ab0db8000", file: "00:00:0", path: "" },
      { range: "7ffd0e3f2000-7ffd0e413000", file: "00:00:0", path: "[stack]" }
    ])
  })
})

describe("status", () => {
  it("has name, user, tracer and memory", () => {
    expect(ProcStatus.parse(
      "Name:\tweb server\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t44\nTracerPid:\t9\n" +
        "Uid:\t1000\t1001\t1002\t1003\nGid:\t50\t51\t52\t53\nRssAnon:\t     100 kB\nRssShmem:\t       4 kB\n"
    )).toEqual({
      name: "web server",
      state: "S",
      uid: 1001,
      ids: [1000, 1001, 1002, 50, 51, 52],
      tracer: 9,
      memory: { own: 102_400, shared: 4096 }
    })
  })
})

describe("a survey", () => {
  it.effect("of this process finds a deleted file and who listens, and not what has ended", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(`${tmpdir()}/stasis-survey-`)
      const descriptor = openSync(`${folder}/gone`, "w")
      writeSync(descriptor, "x".repeat(10_000))
      rmSync(folder, { recursive: true })
      const server = yield* Effect.async<ReturnType<typeof createServer>>((resume) => {
        const made = createServer()
        made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
      })
      const found = yield* ProcSurvey.survey([pid, 2 ** 30], pid, "quick").pipe(
        Effect.ensuring(Effect.sync(() => {
          closeSync(descriptor)
          server.close()
        }))
      )
      expect(found.processes).toEqual([expect.objectContaining({ pid })])
      expect(found.bytes).toBeGreaterThan(1_000_000)
      const gone = found.resources.find((one) => one._tag === "DeletedFile" && one.descriptor === descriptor)
      expect(gone).toMatchObject({ path: `${folder}/gone`, links: 0, bytes: expect.any(Number) })
      expect(found.resources.filter((one) => one._tag === "TcpConnection")).toEqual([])
    }))
})
