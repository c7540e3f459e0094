import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Image from "../../../src/domain/image/Image.ts"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"

const pagemap = ImageFile.write(kinds.pagemap, [], { value: { pages_id: 1 } })

describe("Image", () => {
  it("knows an image by its number, whatever it is called", () => {
    expect(Image.identify("anything", pagemap)).toEqual({ _tag: "Known", kind: kinds.pagemap, id: undefined })
    expect(Image.identify("pagemap-5.img", pagemap)).toEqual({ _tag: "Known", kind: kinds.pagemap, id: "5" })
  })

  it("knows which of two page maps it is by its name", () => {
    expect(Image.identify("pagemap-shmem-7.img", pagemap))
      .toEqual({ _tag: "Known", kind: kinds.shmem_pagemap, id: "7" })
  })

  it.each([
    ["pages-1.img", "pages", "1"],
    ["tmpfs-96.tar.gz.img", "tmpfs_img", "96"],
    ["tmpfs-dev-44.tar.gz.img", "tmpfs_dev", "44"],
    ["ip6tables-9.img", "ip6tables", "9"],
    ["route6-9.img", "route6", "9"],
    ["netns-ct-9.img", "netnf_ct", "9"]
  ])("knows %s by its name, even where memory looks like an image", (file, name, id) => {
    expect(Image.identify(file, pagemap)).toEqual({ _tag: "Raw", name, id })
    expect(Image.decode(file, new Uint8Array())).toEqual(Either.right({ _tag: "Raw", name, id }))
  })

  it("names what it does not know by its number", () => {
    const future = Uint8Array.of(0x19, 0x43, 0x56, 0x54, 1, 2, 3, 4, 9, 9)
    expect(Image.decode("future-1.img", future)).toEqual(Either.right({ _tag: "Unknown", magic: 0x0403_0201 }))
    expect(Image.decode("short", Uint8Array.of(1))).toEqual(Either.right({ _tag: "Unknown", magic: undefined }))
  })

  it("says why an image that it knows cannot be read", () => {
    expect(Image.decode("pagemap-5.img", pagemap.slice(0, -1))).toEqual(Either.left("it ends within entry 0"))
    // Its number is damaged: its name still tells what it should be.
    const damaged = Uint8Array.from([...pagemap.slice(0, 4), 0, 0, 0, 0, ...pagemap.slice(8)])
    expect(Image.decode("pagemap-5.img", damaged))
      .toEqual(Either.left("it does not begin with the numbers of its kind"))
    expect(Image.decode("pagemap-5.img", new Uint8Array())).toEqual(Either.left("it is too short for an image"))
  })
})
