// The memory in real dumps, held to what the process itself said that its memory held.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as MemoryArea from "../../src/domain/memory/MemoryArea.ts"
import { Images } from "../../src/effects/Images.ts"
import { openMemory } from "../../src/effects/processMemory.ts"
import { readRange } from "../../src/effects/readMemory.ts"
import { searchMemory } from "../../src/effects/searchMemory.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"
import * as MemorySubject from "../images/MemorySubject.ts"

const images = Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))

const check = ({ images: path, manifest }: MemorySubject.Dumped) =>
  Effect.gen(function* () {
    const folder = yield* Effect.flatMap(Images, ({ open }) => open(path))
    const memory = yield* openMemory(folder, manifest.pid)
    expect(memory.problems).toEqual([])
    for (const { address, held, kind, length, sha256 } of manifest.ranges) {
      const start = BigInt(address)
      const bytes = new Uint8Array(length)
      let known = 0
      yield* Stream.runForEach(readRange(memory, { start, end: start + BigInt(length) }), (part) =>
        Effect.sync(() => {
          if (part._tag === "Absent") return
          bytes.set(part.bytes, Number(part.start - start))
          known += part.bytes.length
        }))
      const digest = createHash("sha256").update(bytes).digest("hex")
      // What the process has zeros in, and what is as its file has it, is not in the dump, and not taken for zeros.
      if (held === "dump") expect([kind, address, digest, known > 0]).toEqual([kind, address, sha256, true])
      else expect([held, address, known]).toEqual([held, address, 0])
      const area = MemoryArea.at(memory.areas, start)
      const isShared = area?.protection.endsWith("s") === true
      // A shared mapping of a file is memory that others may have.
      expect([kind, area?.kind]).toEqual([kind, kind === "file" && isShared ? "shared" : kind])
    }
    for (const { address, text } of manifest.needles) {
      const hits = Chunk.toReadonlyArray(yield* Stream.runCollect(searchMemory(folder, { text }, { chunk: 8192 })))
      expect(hits.map((hit) => `${hit.pid} ${hit.address}`)).toContain(`${manifest.pid} ${address}`)
      for (const hit of hits) expect(new TextDecoder().decode(hit.match)).toBe(text)
    }
    return memory
  })

describe("the memory of a process that knows its own", () => {
  it.scopedLive("is what the process said, before and after it changed", () =>
    Effect.gen(function* () {
      const subject = yield* MemorySubject.start
      yield* check(yield* subject.dump("first"))
      yield* subject.step
      const second = yield* subject.dump("second")
      const memory = yield* check(second)
      expect(memory.pageSize).toBe(4096)
      const maps = readFileSync(`/proc/${subject.pid}/maps`, "utf8").trim().split("\n")
      // CRIU takes what lies together of the kernel's own for one area.
      const lost = maps.filter((line) =>
        MemoryArea.at(memory.areas, BigInt(`0x${line.replace(/-.*/s, "")}`)) === undefined
      )
      expect(lost).toEqual([])
    }).pipe(Effect.provide(images)))
})
