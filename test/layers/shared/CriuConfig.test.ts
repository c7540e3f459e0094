import { describe, expect, it } from "@effect/vitest"
import * as CriuConfig from "../../../src/layers/shared/CriuConfig.ts"

describe("CriuConfig", () => {
  it("prints one option a line", () => {
    expect(CriuConfig.print({ "tcp-close": true, "ghost-limit": 4096, timeout: 20 }))
      .toBe("tcp-close\nghost-limit 4096\ntimeout 20\n")
  })

  it("quotes what a line would else be split or cut at", () => {
    expect(CriuConfig.print({ root: '/a b#c"d\\e' })).toBe('root "/a b#c\\"d\\\\e"\n')
  })

  it("says when there is nothing to write", () => {
    expect([CriuConfig.isEmpty({}), CriuConfig.isEmpty({ timeout: 1 })]).toEqual([true, false])
  })
})
