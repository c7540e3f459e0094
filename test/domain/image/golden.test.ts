// The golden checkpoint is read as crit reads it, and written again as CRIU wrote it. Real dumps of many kinds of process are
// compared in `test/images/crit.lab.test.ts`.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Image from "../../../src/domain/image/Image.ts"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import * as CritForm from "../../golden/critForm.ts"
import { crit, images } from "../../golden/web1.ts"
import { images as laterImages } from "../../golden/web2.ts"
import { fromBase64 } from "./fromBase64.ts"

const lines = CritForm.parse(crit)

describe("a golden checkpoint", () => {
  it("is read as crit reads it", () => {
    expect(lines.map(({ file }) => file).sort()).toEqual(Object.keys(images).sort())
    for (const { entries, file, magic } of lines) {
      const image = Either.getOrThrow(Image.decode(file, fromBase64(images[file] ?? "")))
      if (image._tag !== "Known") {
        expect({ file, _tag: image._tag, magic }).toEqual({ file, _tag: "Raw", magic: undefined })
      } else {
        expect({ file, magic: image.kind.name.replace(/^shmem_/, "").toUpperCase() }).toEqual({ file, magic })
        expect(CritForm.differences(CritForm.entriesOf(image), entries).map((one) => `${file}: ${one}`)).toEqual([])
      }
    }
  })

  it.each(Object.entries({ ...laterImages, ...images }))("is written as CRIU wrote it: %s", (file, text) => {
    const bytes = fromBase64(text)
    const image = Either.getOrThrow(Image.decode(file, bytes))
    if (image._tag === "Known") expect(ImageFile.write(image.kind, image.entries, image.head)).toEqual(bytes)
  })
})
