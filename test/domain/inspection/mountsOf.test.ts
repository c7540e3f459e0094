import { describe, expect, it } from "@effect/vitest"
import type { MntEntry } from "../../../src/domain/image/message/Mnt.ts"
import { mountsOf } from "../../../src/domain/inspection/mountsOf.ts"

const mount = (mnt_id: number, parent_mnt_id: number, mountpoint: string, more: Partial<MntEntry> = {}): MntEntry => ({
  fstype: 5,
  mnt_id,
  root_dev: 0,
  parent_mnt_id,
  flags: 0,
  root: "/",
  mountpoint,
  source: "tmpfs",
  options: "",
  ...more
})

const shown = (...entries: ReadonlyArray<MntEntry>) =>
  mountsOf(9, entries).map(({ id, mountpoint }) => [id, mountpoint])

describe("the mounts of a namespace", () => {
  it("are each before those on it, and those on one by their mountpoints", () => {
    expect(shown(mount(4, 2, "/b/c"), mount(3, 1, "/a"), mount(2, 1, "/b"), mount(1, 0, "/"), mount(5, 2, "/b/a")))
      .toEqual([[1, "/"], [3, "/a"], [2, "/b"], [5, "/b/a"], [4, "/b/c"]])
  })

  it("of one place are in the order in which they were made", () => {
    expect(shown(mount(1, 0, "/"), mount(8, 1, "/a"), mount(7, 1, "/a"))).toEqual([[1, "/"], [7, "/a"], [8, "/a"]])
  })

  it("are all there where damage has them on themselves or in a circle", () => {
    expect(shown(mount(1, 1, "/"), mount(2, 3, "/a"), mount(3, 2, "/b"), mount(4, 1, "/c"))).toEqual([
      [1, "/"],
      [4, "/c"],
      [2, "/a"],
      [3, "/b"]
    ])
    // What is on one that is on itself comes behind it, wherever it is mounted.
    expect(shown(mount(2, 1, "/a"), mount(1, 1, "/b"))).toEqual([[1, "/b"], [2, "/a"]])
  })

  it("have their file system by name, their flags in words, and their groups, of which zero is none", () => {
    const [plain, rich, own] = mountsOf(9, [
      mount(1, 0, "/"),
      mount(2, 1, "/a", { flags: 1 | 2 | 8, sb_flags: 1, shared_id: 4, master_id: 5, ext_key: "key", fstype: 1 }),
      mount(3, 1, "/b", { shared_id: 0, master_id: 0, ext_mount: true, fstype: 16, fsname: "zfs" })
    ])
    expect(plain).toEqual({
      namespace: 9,
      id: 1,
      parent: 0,
      root: "/",
      mountpoint: "/",
      source: "tmpfs",
      type: "tmpfs",
      flags: [],
      fileSystemFlags: [],
      options: "",
      isExternal: false
    })
    expect(rich).toMatchObject({
      type: "proc",
      flags: ["read-only", "no-set-uid", "no-execute"],
      fileSystemFlags: ["read-only"],
      shared: 4,
      master: 5,
      isExternal: true,
      externalKey: "key"
    })
    expect(own).toMatchObject({ type: "zfs", isExternal: true })
    expect(own).not.toHaveProperty("shared")
    expect(own).not.toHaveProperty("master")
  })
})
