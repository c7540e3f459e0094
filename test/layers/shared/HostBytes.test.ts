import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { plain } from "../../../src/domain/memory/ByteView.ts"
import { views } from "../../../src/layers/shared/HostBytes.ts"

const arbitraryBytes = FastCheck.array(FastCheck.constantFrom(0, 0x7f, 0x80, 0xff), { maxLength: 30 })

describe("the host's views of bytes", () => {
  it.prop(
    "see what the language sees, in a part of a buffer as well, and nothing beyond its end",
    [arbitraryBytes, arbitraryBytes, FastCheck.nat(30), FastCheck.nat(30), FastCheck.constantFrom(0, 0x80, 0xff, 1)],
    ([before, content, end, start, byte]) => {
      const whole = Uint8Array.from([...before, ...content, ...before])
      const bytes = whole.subarray(before.length, before.length + content.length)
      const to = Math.min(end, bytes.length)
      const from = Math.min(start, to)
      const [host, language] = [views(bytes, to), plain(bytes, to)]
      expect(host.indexOf(byte, from)).toBe(language.indexOf(byte, from))
      expect(host.text(from, to)).toBe(language.text(from, to))
      expect(host.text(from, to)).toBe(String.fromCharCode(...bytes.subarray(from, to)))
    }
  )
})
