import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { join, markup } from "../../../src/cli/page/markup.ts"

describe("markup", () => {
  it("keeps what is written, and escapes what comes from elsewhere", () => {
    const part = markup`<i>${"<"}</i>`
    expect(markup`<b title="${"\"'&"}">${"</b>"}${1}${undefined}${part}${[part, part]}</b>`.text).toBe(
      '<b title="&quot;&#39;&amp;">&lt;/b&gt;1<i>&lt;</i><i>&lt;</i><i>&lt;</i></b>'
    )
    expect(join([part, part], " & ").text).toBe("<i>&lt;</i> &amp; <i>&lt;</i>")
    expect(markup`${"a\u0000\u202eb\n"}`.text).toBe("a\\u0000\\u202eb\\n")
  })

  it.prop("lets through nothing that ends a text or an attribute", [FastCheck.string({ unit: "binary" })], ([text]) => {
    expect(markup`${text}`.text).not.toMatch(/[<>"'\u0000-\u001f]|&(?!(amp|lt|gt|quot|#39);)/)
  })
})
