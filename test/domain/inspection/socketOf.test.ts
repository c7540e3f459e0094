import { describe, expect, it } from "@effect/vitest"
import type { FileEntry } from "../../../src/domain/image/message/Fdinfo.ts"
import type { InetSkEntry } from "../../../src/domain/image/message/SkInet.ts"
import type { UnixSkEntry } from "../../../src/domain/image/message/SkUnix.ts"
import { fileImages } from "../../../src/domain/inspection/FileImages.ts"
import { openFileOf } from "../../../src/domain/inspection/openFileOf.ts"

const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 }
const opts = {
  so_sndbuf: 0,
  so_rcvbuf: 0,
  so_snd_tmo_sec: 0n,
  so_snd_tmo_usec: 0n,
  so_rcv_tmo_sec: 0n,
  so_rcv_tmo_usec: 0n,
  so_filter: []
}

/** A TCP connection over IPv4 that is established. */
const internet = (more: Partial<InetSkEntry>): FileEntry => ({
  type: "INETSK",
  id: 1,
  isk: {
    id: 1,
    ino: 900,
    family: 2,
    type: 1,
    proto: 6,
    state: 1,
    src_port: 8080,
    dst_port: 0,
    flags: 2,
    backlog: 0,
    src_addr: [0],
    dst_addr: [0],
    fown,
    opts,
    ...more
  }
})

const unix = (id: number, more: Partial<UnixSkEntry>): FileEntry => ({
  type: "UNIXSK",
  id,
  usk: {
    id,
    ino: id + 900,
    type: 1,
    state: 1,
    flags: 2,
    uflags: 0,
    backlog: 0,
    peer: 0,
    fown,
    opts,
    name: new Uint8Array(0),
    ...more
  }
})

const look = (
  files: ReadonlyArray<FileEntry>,
  { queues = [], tcp = [] }: {
    readonly queues?: ReadonlyArray<readonly [id: number, length: number]>
    readonly tcp?: ReadonlyArray<readonly [inode: number, inq_len: number, outq_len: number]>
  } = {}
) => {
  const images = fileImages({
    files,
    pipeData: [],
    socketQueues: queues.map(([id_for, length]) => ({ id_for, length, scm: [] })),
    tcpStreams: new Map(
      tcp.map((
        [inode, inq_len, outq_len]
      ) => [inode, { inq_len, outq_len, inq_seq: 0, outq_seq: 0, opt_mask: 0, snd_wscale: 0, mss_clamp: 0 }])
    ),
    terminals: [],
    memoryFiles: [],
    removed: [],
    machine: "X86_64"
  }, new Map(files.map(({ id }) => [id, [{ pid: 10, descriptor: id }, { pid: 11, descriptor: id }]])))
  const [first] = files
  return openFileOf({ id: first?.id ?? 0, type: "UND" }, images)
}

const text = (value: string) => new TextEncoder().encode(value)

describe("a socket of the internet", () => {
  it.each<[string, Partial<InetSkEntry>, unknown]>([
    ["of version 4, as 4.2 writes it", { src_addr: [16_777_343] }, { address: "127.0.0.1", port: 8080 }],
    ["of version 4, as older releases do", { src_addr: [16_777_343, 0, 0, 0] }, { address: "127.0.0.1", port: 8080 }],
    ["of version 6", { family: 10, src_addr: [0, 0, 0, 0x0100_0000] }, { address: "::1", port: 8080 }],
    ["of version 6, bound to any", { family: 10, src_addr: [0, 0, 0, 0] }, { address: "::", port: 8080 }]
  ])("has its own address: %s", (_, more, local) => {
    expect(look([internet(more)])).toMatchObject({ local, family: more.family === 10 ? "inet6" : "inet" })
  })

  it("has another one's where it is connected, by its address or its port alone", () => {
    const isConnected = (more: Partial<InetSkEntry>) => look([internet(more)])
    expect(isConnected({ dst_addr: [16_777_343], dst_port: 5 })).toMatchObject({
      remote: { address: "127.0.0.1", port: 5 }
    })
    expect(isConnected({ dst_addr: [16_777_343] })).toMatchObject({ remote: { address: "127.0.0.1", port: 0 } })
    expect(isConnected({ dst_port: 5 })).toMatchObject({ remote: { address: "0.0.0.0", port: 5 } })
    expect(isConnected({ dst_addr: [0, 0, 0, 0] })).not.toHaveProperty("remote")
  })

  it("has the queues of its own connection", () => {
    expect(look([internet({})], { tcp: [[900, 29, 3], [901, 1, 1]] })).toMatchObject({ receiveQueue: 29, sendQueue: 3 })
    expect(look([internet({})], { tcp: [[901, 1, 1]] })).not.toHaveProperty("receiveQueue")
  })
})

describe("a unix socket", () => {
  it("has the socket at its other end, with all who hold it", () => {
    expect(look([unix(1, { peer: 902 }), unix(2, { peer: 901 }), unix(3, {})])).toMatchObject({
      inode: 901,
      peer: { inode: 902, holders: [{ pid: 10, descriptor: 2 }, { pid: 11, descriptor: 2 }] }
    })
    expect(look([unix(1, { peer: 990 })])).toMatchObject({ peer: { inode: 990, holders: [] } })
    expect(look([unix(1, {})])).not.toHaveProperty("peer")
  })

  it.each<[string, Partial<UnixSkEntry>, string | undefined]>([
    ["a path", { name: text("/run/a\0") }, "/run/a"],
    ["a path in the folder where it was bound", { name: text("a"), name_dir: "/run" }, "/run/a"],
    ["a whole path, whatever the folder", { name: text("/run/a"), name_dir: "/srv" }, "/run/a"],
    ["a name that is none, whatever the folder", { name: text("\0a"), name_dir: "/srv" }, "@a"],
    ["none", { name_dir: "/srv" }, undefined]
  ])("has a name: %s", (_, more, name) => {
    const found = look([unix(1, more)])
    expect("name" in found ? found.name : undefined).toBe(name)
  })

  it("has what was sent to it, in all messages, and how it was shut down", () => {
    expect(look([unix(1, { shutdown: "WRITE" })], { queues: [[1, 3], [2, 50], [1, 4]] })).toMatchObject({
      receiveQueue: 7,
      shutdown: "write"
    })
    expect(look([unix(1, { shutdown: "NONE" })])).not.toHaveProperty("shutdown")
  })
})
