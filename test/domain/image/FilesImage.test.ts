import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FilesImage from "../../../src/domain/image/FilesImage.ts"
import { fromBase64 } from "./fromBase64.ts"

// Written by CRIU 4.2.1 of a busybox with null streams.
const real = fromBase64(
  "GUNWVDgxMFZOAAAACAEQARpICAEQABgAKgoIABAAGAAgACgAMgwvYmluL2J1c3lib3g4fEDgyHtQ7YMCWNjJwaQBWMWt5r0DWI7c" +
    "jvAFWIWUnMkJWLj3t48EKwAAAAgBEAIaJQgCEIKAAhgAKgoIABAAGAAgACgAMgkvZGV2L251bGw4pgFQtkMhAAAACAEQAxobCAMQ" +
    "ABgAKgoIABAAGAAgACgAMgEvOHxQ7YMBIQAAAAgBEAQaGwgEEAAYACoKCAAQABgAIAAoADIBLzh8UO2DASEAAAAIARAFGhsIBRAA" +
    "GAAqCggAEAAYACAAKAAyAS84fFDtgwEhAAAACAEQBhobCAYQABgAKgoIABAAGAAgACgAMgEvOHxQ7YMB"
)

describe("FilesImage", () => {
  it("reads what CRIU wrote: a size where CRIU will check one, and what it is", () => {
    expect(Either.getOrThrow(FilesImage.decode(real))).toEqual([
      { id: 1, path: "/bin/busybox", size: 2024544, hasBuild: true, kind: "file" },
      { id: 2, path: "/dev/null", size: undefined, hasBuild: false, kind: "device" },
      ...[3, 4, 5, 6].map((id) => ({ id, path: "/", size: undefined, hasBuild: false, kind: "folder" }))
    ])
  })

  it("names the damage", () => {
    expect(FilesImage.decode(real.slice(0, 40))).toEqual(Either.left("it ends within entry 0"))
    expect(FilesImage.decode(Uint8Array.from([...real.slice(0, 8), 2, 0, 0, 0, 0x1a, 0x7f])))
      .toEqual(Either.left("entry 0: file_entry is malformed"))
  })
})
