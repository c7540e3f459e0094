// The record of intent: what is written before anything is done reads back after a crash.
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Intent, IntentText } from "../../src/domain/Intent.ts"
import { overJson } from "./overJson.ts"

const decode = Schema.decodeUnknownEither(IntentText)

const text = '{"version":1,"operation":"op","checkpoint":"first","directory":"/srv",' +
  '"container":{"id":"0123","state":"running","labels":{},"identity":"i"},"mode":"StopInDump",' +
  '"paused":false,"options":{},"runtime":{"name":"runc"},"started":5}'

describe("Intent", () => {
  it("has a text that stays readable", () => {
    expect(Either.map(decode(text), Schema.encodeSync(IntentText))).toEqual(Either.right(text))
  })

  it.prop("reads what it printed as it was", [Arbitrary.make(Intent).map(overJson)], ([intent]) => {
    expect(decode(Schema.encodeSync(IntentText)(intent))).toEqual(Either.right(intent))
  })

  it("does not read itself cut anywhere", () => {
    for (let length = 0; length < text.length; length++) expect(Either.isLeft(decode(text.slice(0, length)))).toBe(true)
  })

  it.each([
    ["a later version", text.replace('"version":1', '"version":2')],
    ["a name that leads elsewhere", text.replace('"first"', '"../first"')],
    ["an unknown mode", text.replace("StopInDump", "Stop")],
    ["an option that nobody may give", text.replace('"options":{}', '"options":{"ghostLimit":-1}')]
  ])("does not read one of %s", (_, changed) => {
    expect(changed === text).toBe(false)
    expect(Either.isLeft(decode(changed))).toBe(true)
  })
})
