import { describe, expect, it } from "@effect/vitest"
import * as AreaFlags from "../../../src/domain/image/AreaFlags.ts"

describe("AreaFlags", () => {
  // Status and flags as CRIU 4.2 wrote them of a Python program.
  it.each([
    ["a file that is mapped", 0x41, 0x2, "file"],
    ["a file that is mapped and shared", 0x81, 0x1, "shared-file"],
    ["memory of its own", 0x201, 0x22, "anonymous"],
    ["what malloc grows", 0x221, 0x22, "heap"],
    ["the stack, which has no bit of its own", 0x201, 0x122, "stack"],
    ["the stack, where it is marked", 0x203, 0x22, "stack"],
    ["shared memory without a name", 0x4081, 0x1, "memfd"],
    ["shared memory", 0x101, 0x21, "shared"],
    ["a segment of System V", 0x501, 0x1, "sysv"],
    ["the kernel's code", 0x209, 0x22, "vdso"],
    ["the kernel's variables", 0x1201, 0x22, "vvar"],
    ["the old page of system calls", 0x204, 0x22, "vsyscall"],
    ["nothing that is known", 0, 0, "other"]
  ])("knows %s", (_, status, flags, kind) => {
    expect(AreaFlags.kindOf({ status, flags })).toBe(kind)
  })

  it("tells whose number shmid is", () => {
    expect([0x41, 0x81, 0x4081, 0x201, 0x101].map((status) => AreaFlags.hasFile({ status })))
      .toEqual([true, true, true, false, false])
  })

  it("writes what may be done with an area as the kernel does", () => {
    const written = [[5, 2], [3, 1], [0, 0x22], [7, 0x21]] as const
    expect(written.map(([prot, flags]) => AreaFlags.protectionOf({ prot, flags })))
      .toEqual(["r-xp", "rw-s", "---p", "rwxs"])
  })
})
