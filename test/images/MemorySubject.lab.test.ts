// What the process says of its memory is so: the kernel has the same bytes at these addresses, in areas of these kinds.
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { closeSync, openSync, readFileSync, readSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as MemorySubject from "./MemorySubject.ts"

/** The line of the kernel's map that has an address. */
const mapped = (maps: string, address: number): string =>
  maps.split("\n").find((line) => {
    const [begin = 0, end = 0] = (line.split(" ")[0] ?? "").split("-").map((one) => Number.parseInt(one, 16))
    return begin <= address && address < end
  }) ?? ""

const marks = { heap: /\[heap\]/, stack: /\[stack\]/, anonymous: / 0 *$/, shared: /zero|memfd:/, file: /\/file$/ }

describe("the process that knows its memory", () => {
  it.scopedLive("says what the kernel says, after each step", () =>
    Effect.gen(function* () {
      const subject = yield* MemorySubject.start
      for (const name of ["first", "second"]) {
        const { manifest } = yield* subject.dump(name)
        const maps = readFileSync(`/proc/${subject.pid}/maps`, "utf8")
        const memory = openSync(`/proc/${subject.pid}/mem`, "r")
        for (const { address, kind, length, sha256 } of manifest.ranges) {
          const bytes = Buffer.alloc(length)
          expect(readSync(memory, bytes, 0, length, Number(address))).toBe(length)
          expect({ kind, sha256: createHash("sha256").update(bytes).digest("hex") }).toEqual({ kind, sha256 })
          expect(mapped(maps, Number(address))).toMatch(marks[kind])
        }
        for (const { address, text } of manifest.needles) {
          const bytes = Buffer.alloc(text.length)
          readSync(memory, bytes, 0, text.length, Number(address))
          expect(bytes.toString()).toBe(text)
        }
        closeSync(memory)
        expect(manifest.step).toBe(name === "first" ? 0 : 1)
        yield* subject.step
      }
    }))
})
