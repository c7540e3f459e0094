/** What a difference says of memory, held to what a real program changed of it between two checkpoints. */
import { writeFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Checkpoints } from "stasis"
import type { Difference } from "../../src/domain/difference/Difference.ts"
import * as LabContainer from "../layers/oci/LabContainer.ts"

/** Sixty-four pages of its own, in an area with a guard on either side, so that no neighbour is taken into it. */
const setup = `
import ctypes, threading
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
PAGE = 4096
guarded = libc.mmap(None, ctypes.c_size_t(66 * PAGE), 0, 0x22, -1, ctypes.c_long(0))
base = guarded + PAGE
if libc.mprotect(ctypes.c_void_p(base), ctypes.c_size_t(64 * PAGE), 3) != 0: raise OSError(ctypes.get_errno())
libc.madvise(ctypes.c_void_p(base), ctypes.c_size_t(64 * PAGE), 15)
def write(page, letter, at=0): ctypes.memset(base + page * PAGE + at, ord(letter), 1)
for page in range(40): write(page, 'a')
with open('/tmp/base', 'w') as f: f.write(hex(base))
def change():
    write(3, 'b')
    # The last byte of one page and the first of the next.
    write(10, 'b', PAGE - 1)
    write(11, 'b')
    # As it was: written, and the same.
    write(20, 'a')
    # One that is gone, and two that were not there before.
    libc.madvise(ctypes.c_void_p(base + 30 * PAGE), ctypes.c_size_t(PAGE), 4)
    write(50, 'b')
    write(51, 'b')
    with open('/tmp/changed', 'w') as f: f.write('yes')
def wait():
    while not os.path.exists('/tmp/change'): time.sleep(0.005)
    change()
threading.Thread(target=wait, daemon=True).start()`

/** The pages that are not as they were, by their numbers in the area. */
const pagesIn = ({ processes }: Difference, base: string) => {
  const area = processes.flatMap(({ areas }) => areas).find(({ after }) => after?.start === base)
  return {
    pages: area?.pages,
    ranges: area?.ranges?.map(({ is, pages, start }) => [Number((BigInt(start) - BigInt(base)) / 4096n), pages, is])
  }
}

describe("two checkpoints of a container", () => {
  it.scopedLive("differ in those pages that the program changed", () =>
    Effect.gen(function* () {
      const args = LabContainer.python(setup)
      const container = yield* LabContainer.make({ runtime: "runc", programs: true, args })
      yield* Effect.gen(function* () {
        yield* container.counted(1)
        const base = yield* container.file("/tmp/base")
        yield* Checkpoints.create(container.id, "before", { leaveRunning: true })
        writeFileSync(`/proc/${yield* container.pid}/root/tmp/change`, "")
        yield* LabContainer.poll(container.file("/tmp/changed"), (text) => text === "yes")
        yield* Checkpoints.create(container.id, "after", { leaveRunning: true })
        const [one, other] = [{ container: container.id, name: "before" }, { container: container.id, name: "after" }]
        const found = yield* Checkpoints.diff(one, other, { pages: true })
        expect(found.problems).toEqual([])
        expect(pagesIn(found, base)).toEqual({
          pages: { equal: 36, different: 3, onlyBefore: 1, onlyAfter: 2, unknown: 0 },
          ranges: [[3, 1, "different"], [10, 2, "different"], [30, 1, "onlyBefore"], [50, 2, "onlyAfter"]]
        })
        const same = yield* Checkpoints.diff(one, one, { pages: true })
        expect([same.isEqual, same.processes]).toEqual([true, []])
      }).pipe(Effect.provide(LabContainer.layerOf(container)))
    }))
})
