import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { AnyKind } from "../../../src/domain/image/ImageKind.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import { fromBase64 } from "./fromBase64.ts"

const desc = { key: 1, uid: 0, gid: 0, cuid: 0, cgid: 0, mode: 0o600, id: 0 }

const text = (bytes: Uint8Array = new Uint8Array()) => String.fromCharCode(...bytes)

const contentsOf = (kind: AnyKind, bytes: Uint8Array) =>
  Either.getOrThrow(ImageFile.read(kind, bytes)).entries.map(({ extra }) => text(extra))

describe("what lies behind an entry", () => {
  // By CRIU 4.2.1, of a Python program.
  it.each([
    ["a pipe", kinds.pipes_data, "GUNWVAk3RVYLAAAACNbqjQYQERiAgARoZWxsbyBpbiB0aGUgcGlwZQ==", ["hello in the pipe"]],
    ["a pair of sockets", kinds.sk_queues, "GUNWVCZAJlYEAAAACBcQBnF1ZXVlZA==", ["queued"]],
    [
      "a connection",
      kinds.tcp_stream,
      "GUNWVAZVRlE7AAAACA8Qx5X05QcYACDOjO0iKAcwCjjX/wNACkj+uOiDDWAAaLiV9OUHcICABHiAgASAAYCABIgBx5X05Qd0Y3AgZGF0YSB1bnJlYWQ=",
      ["tcp data unread"]
    ],
    ["three semaphores", kinds.ipcns_sem, "GUNWVBkwV1kTAAAACg8IdxAAGAAgACgAMIADOAAQAwAAAAAAAAAA", ["\0".repeat(8)]],
    // The content lies with the pages.
    ["a segment", kinds.ipcns_shm, "GUNWVEQwKEYWAAAACg8IeBAAGAAgACgAMIADOAAQiCcYAQ==", [""]],
    [
      "a queue of two messages",
      kinds.ipcns_msg,
      "GUNWVDc3RVUXAAAACg8IeRAAGAAgACgAMIADOAAQgIABGAIEAAAACAEQBXRleHQhAAAABAAAAAgBEAR0ZXh0AAAAAA==",
      ["\x04\0\0\0\x08\x01\x10\x05text!\0\0\0\x04\0\0\0\x08\x01\x10\x04text\0\0\0\0"]
    ]
  ])("is what CRIU wrote of %s", (_, kind, base64, contents) => {
    expect(contentsOf(kind, fromBase64(base64))).toEqual(contents)
  })

  it("is what CRIU wrote of a file without a name", () => {
    const real = "GUNWVAU2WFIkAAAACAAQABiAgwIgLigFOgoIyYKX2AYQnpQDQgoIyYKX2AYQw78DZ2hvc3QgY29udGVudA=="
    const image = Either.getOrThrow(ImageFile.read(kinds.ghost_file, fromBase64(real)))
    expect([text(image.head?.extra), image.entries]).toEqual(["ghost content", []])
  })

  it("is the whole of a file without a name, where that is not in chunks", () => {
    const head = { value: { uid: 0, gid: 0, mode: 0o100600 }, extra: Uint8Array.of(1, 2, 3) }
    const bytes = ImageFile.write(kinds.ghost_file, [], head)
    expect(ImageFile.read(kinds.ghost_file, bytes)).toEqual(Either.right({ head, entries: [] }))
    expect(ImageFile.head(kinds.ghost_file, bytes.slice(0, -3)))
      .toEqual(Either.right([head.value, bytes.byteLength - 3]))
  })

  it("is each chunk of a file without a name, where it is in chunks", () => {
    const head = { value: { uid: 0, gid: 0, mode: 0o100600, chunks: true }, extra: new Uint8Array() }
    const entries = [
      { value: { len: 2n, off: 0n }, extra: Uint8Array.of(1, 2) },
      { value: { len: 1n, off: 4096n }, extra: Uint8Array.of(3) }
    ]
    const bytes = ImageFile.write(kinds.ghost_file, entries, head)
    expect(ImageFile.read(kinds.ghost_file, bytes)).toEqual(Either.right({ head, entries }))
  })

  it("ends at a whole of eight or four bytes, as each kind has it", () => {
    const semaphores = [1, 4, 5].map((nsems) => ({
      value: { desc, nsems },
      extra: new Uint8Array(nsems === 5 ? 16 : 8)
    }))
    const segments = [[0, 0], [1, 4], [4, 4], [5, 8]].map(([size = 0, there]) => ({
      value: { desc, size: BigInt(size) },
      extra: new Uint8Array(there ?? 0)
    }))
    expect(ImageFile.read(kinds.ipcns_sem, ImageFile.write(kinds.ipcns_sem, semaphores)))
      .toEqual(Either.right({ head: undefined, entries: semaphores }))
    expect(ImageFile.read(kinds.ipcns_shm, ImageFile.write(kinds.ipcns_shm, segments)))
      .toEqual(Either.right({ head: undefined, entries: segments }))
  })

  it("is missed where a number promises more than there is", () => {
    const lacking = Either.left("it ends within what belongs to entry 0")
    const huge = { desc, size: 0xffff_ffff_ffff_ffffn }
    const write = (value: typeof huge) => ImageFile.write(kinds.ipcns_shm, [{ value, extra: new Uint8Array(9) }])
    expect(ImageFile.read(kinds.ipcns_shm, write(huge))).toEqual(lacking)
    const streams = { inq_len: 0xffff_ffff, inq_seq: 0, outq_len: 0xffff_ffff, outq_seq: 0, opt_mask: 0, snd_wscale: 0 }
    const stream = ImageFile.write(kinds.tcp_stream, [{
      value: { ...streams, mss_clamp: 0 },
      extra: new Uint8Array(9)
    }])
    expect(ImageFile.read(kinds.tcp_stream, stream)).toEqual(lacking)
  })

  it.each([
    ["no length", []],
    ["half a length", [1, 0]],
    ["a length beyond the end", [0xff, 0xff, 0xff, 0xff]],
    ["a message that is none", [1, 0, 0, 0, 0xff]],
    ["a text beyond the end", [4, 0, 0, 0, 0x08, 1, 0x10, 9, 1, 2, 3]]
  ])("is missed where a queue of messages has %s", (_, extra) => {
    const value = { desc, qbytes: 9, qnum: 0xffff_ffff }
    const bytes = ImageFile.write(kinds.ipcns_msg, [{ value, extra: Uint8Array.from(extra) }])
    expect(ImageFile.read(kinds.ipcns_msg, bytes)).toEqual(Either.left("it ends within what belongs to entry 0"))
  })
})
