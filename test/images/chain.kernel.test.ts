// Dumps that build on each other, on a kernel that tracks changed memory: their images are read as crit reads them, and pages lie in
// parents.
import { readlinkSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Comparison from "./Comparison.ts"
import * as MemorySubject from "./MemorySubject.ts"
import * as Oracle from "./Oracle.ts"

/** How many entries of page maps say that the pages are in the parent. */
const inParent = (images: string) =>
  Effect.map(
    Oracle.read(images),
    (lines) =>
      lines.filter(({ magic }) => magic === "PAGEMAP")
        .flatMap(({ entries = [] }) => entries)
        .filter((entry) => typeof entry === "object" && "flags" in entry && Number(entry["flags"]) & 1).length
  )

describe("a chain of dumps", () => {
  it.scopedLive("is read as crit reads it", () =>
    Effect.gen(function* () {
      const subject = yield* MemorySubject.start
      const chain = [["first", [MemorySubject.tracked]], ["second", MemorySubject.buildsOn("first")], [
        "third",
        MemorySubject.buildsOn("second")
      ]] as const
      for (const [name, flags] of chain) {
        const { images } = yield* subject.dump(name, ...flags)
        const { examples, faults } = yield* Comparison.make(images)
        expect(faults).toEqual([])
        const pagemap = examples.get("PAGEMAP") ?? ""
        yield* Oracle.agrees([pagemap])
        if (name === "first") expect(yield* inParent(images)).toBe(0)
        else {
          expect(yield* inParent(images)).toBeGreaterThan(3)
          expect(readlinkSync(`${images}/parent`)).toBe(name === "second" ? "../first" : "../second")
        }
        yield* subject.step
      }
    }))
})
