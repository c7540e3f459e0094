import { expect, it } from "@effect/vitest"
import * as FileSystemName from "../../../src/domain/image/FileSystemName.ts"

it("names a file system by CRIU's number, else as CRIU wrote it", () => {
  expect(FileSystemName.of({ fstype: 17 })).toBe("overlay")
  expect(FileSystemName.of({ fstype: 16, fsname: "ext4" })).toBe("ext4")
  expect(FileSystemName.of({ fstype: 0 })).toBeUndefined()
})
