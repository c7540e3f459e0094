import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { encoder } from "../../src/cli/json.ts"

const hostile = 'a\u001b[2J\u007f\u0085\u009b\u2028\u202e\u2069\n\t"\\z'

for (const space of [undefined, 2]) {
  it.effect(`prints no character that acts on a terminal, and the same value (${space ?? "one line"})`, () =>
    Effect.gen(function* () {
      const text = yield* encoder(Schema.Unknown, space)({ [hostile]: [hostile] })
      expect(text.replaceAll("\n", "")).toMatch(/^[ -~]*$/)
      expect(text.split("\n").length).toBe(space === undefined ? 1 : 5)
      expect(JSON.parse(text)).toEqual({ [hostile]: [hostile] })
    }))
}
