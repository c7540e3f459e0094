import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { formerKinds } from "../../../src/domain/image/formerKinds.ts"
import * as Image from "../../../src/domain/image/Image.ts"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import type { AnyKind } from "../../../src/domain/image/ImageKind.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import { arbitraryImage } from "./arbitraryImage.ts"

const allKinds: ReadonlyArray<AnyKind> = [...Object.values(kinds), ...formerKinds]

describe("kinds", () => {
  it("has every name and every number once, but for the two page maps that share theirs", () => {
    const shared = kinds.shmem_pagemap
    const others = allKinds.filter((kind) => kind !== shared)
    expect(new Set(others.map(({ name }) => name)).size).toBe(others.length)
    expect(new Set(others.map(({ magic }) => magic)).size).toBe(others.length)
    expect(shared).toMatchObject({ name: kinds.pagemap.name, magic: kinds.pagemap.magic })
    expect(Object.keys(kinds).filter((key) => key !== "shmem_pagemap")).toEqual(
      Object.values(kinds).filter((kind) => kind !== shared).map(({ name }) => name)
    )
  })

  // The names are those of CRIU 4.2, and of the last releases that wrote the older ones.
  it.each([
    ["inventory.img", "inventory", undefined],
    ["core-17.img", "core", "17"],
    ["mm-17.img", "mm", "17"],
    ["ids-17.img", "ids", "17"],
    ["fs-17.img", "fs", "17"],
    ["fdinfo-2.img", "fdinfo", "2"],
    ["pagemap-17.img", "pagemap", "17"],
    ["pagemap-shmem-75522.img", "pagemap", "75522"],
    ["mountpoints-12.img", "mnts", "12"],
    ["netns-9.img", "netns", "9"],
    ["netdev-9.img", "netdev", "9"],
    ["ipcns-var-10.img", "ipc_var", "10"],
    ["ipcns-shm-10.img", "ipcns_shm", "10"],
    ["utsns-11.img", "utsns", "11"],
    ["timens-0.img", "timens", "0"],
    ["ghost-file-1f.img", "ghost_file", "1f"],
    ["tcp-stream-c3755a.img", "tcp_stream", "c3755a"],
    ["filelocks.img", "file_locks", undefined],
    ["memfd.img", "memfd_inode", undefined],
    ["stats-dump", "stats", "dump"],
    ["irmap-cache", "irmap_cache", undefined],
    ["binfmt-misc.img", "binfmt_misc", undefined],
    ["sigacts-17.img", "sigact", "17"],
    ["signal-p-17.img", "signal", "17"],
    ["reg-files.img", "reg_files", undefined],
    ["unixsk.img", "unixsk", undefined]
  ])("knows %s", (file, name, id) => {
    const kind = allKinds.find((one) => one.file.test(file))
    expect([kind?.name, kind?.file.exec(file)?.[1]]).toEqual([name, id])
  })

  it("has no file name that is of two kinds", () => {
    for (const { name } of allKinds) {
      const file = `${name}-1.img`
      expect(allKinds.filter((kind) => kind.file.test(file)).length).toBeLessThanOrEqual(1)
    }
    expect(allKinds.filter((kind) => kind.file.test("pagemap-shmem-1.img"))).toEqual([kinds.shmem_pagemap])
    expect(allKinds.filter((kind) => kind.file.test("core-1.img.tmp"))).toEqual([])
  })

  for (const kind of allKinds) {
    it.prop(
      `reads what was written of ${kind.file.source}, and knows it by its number alone`,
      [arbitraryImage(kind)],
      ([written]) => {
        const { bytes, entries, head } = written
        expect(ImageFile.read(kind, bytes)).toEqual(Either.right({ head, entries }))
        const decoded = Either.getOrThrow(Image.decode("renamed", bytes))
        expect(decoded._tag === "Known" ? decoded.kind.magic : decoded).toBe(kind.magic)
      },
      { fastCheck: { numRuns: 20 } }
    )
  }
})
