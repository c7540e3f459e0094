/** The schemas that are published beside the docs, each made of the schema that writes the values. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { env } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as JSONSchema from "effect/JSONSchema"
import * as Schema from "effect/Schema"
import { Difference } from "../../src/domain/difference/Difference.ts"
import { Inspection } from "../../src/domain/inspection/Inspection.ts"
import { MemoryHit } from "../../src/domain/memory/MemoryHit.ts"
import { MemoryReport } from "../../src/domain/memory/MemoryReport.ts"
import { Verification } from "../../src/domain/verification/Verification.ts"

const folder = new URL("../../docs/schemas/", import.meta.url).pathname

/**
 * By the name of the file: what `stasis diff`, `inspect`, `memory` and `verify` print with
 * `--format json`; a `memory-hit` is a line of what `stasis memory --search` prints.
 */
const published = {
  difference: JSONSchema.make(Difference),
  inspection: JSONSchema.make(Inspection),
  memory: JSONSchema.make(MemoryReport),
  "memory-hit": JSONSchema.make(MemoryHit),
  verification: JSONSchema.make(Schema.Array(Verification))
}

describe("the published schemas", () => {
  it.each(Object.entries(published))("docs/schemas/%s.json is what its command prints", (name, made) => {
    const text = `${JSON.stringify(made, undefined, 2)}\n`
    const path = `${folder}${name}.json`
    if (env["STASIS_WRITE_DOCS"] === "1") writeFileSync(path, text)
    expect(readFileSync(path, "utf8")).toBe(text)
  })

  it("are these, and no others", () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(published).map((name) => `${name}.json`).sort())
  })
})
