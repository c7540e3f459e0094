// The results of the operations: plain data that comes back from a wire as it went.
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Capabilities from "../../src/domain/Capabilities.ts"
import * as Outcome from "../../src/domain/Outcome.ts"
import * as Progress from "../../src/domain/Progress.ts"
import { overJson } from "./overJson.ts"

const comesBack = <A, I>(name: string, schema: Schema.Schema<A, I>) =>
  it.prop(`${name} comes back as it went`, [Arbitrary.make(schema).map(overJson)], ([value]) => {
    const wire: unknown = JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value)))
    expect(Schema.decodeUnknownEither(schema)(wire)).toEqual(Either.right(value))
  })

describe("Outcome", () => {
  comesBack("Created", Outcome.Created)
  comesBack("Restored", Outcome.Restored)
  comesBack("Removed", Outcome.Removed)
  comesBack("Recovered", Outcome.Recovered)
  comesBack("Progress", Progress.Progress)
  comesBack("Capabilities", Capabilities.Capabilities)
})
