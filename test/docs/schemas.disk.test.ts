/** The schemas that are published beside the docs, each made of the schema that writes the values. */
import { readFileSync, writeFileSync } from "node:fs"
import { env } from "node:process"
import { expect, it } from "@effect/vitest"
import * as JSONSchema from "effect/JSONSchema"
import { Inspection } from "../../src/domain/inspection/Inspection.ts"

it("docs/schemas/inspection.json is what stasis inspect prints", () => {
  const path = new URL("../../docs/schemas/inspection.json", import.meta.url).pathname
  const made = `${JSON.stringify(JSONSchema.make(Inspection), undefined, 2)}\n`
  if (env["STASIS_WRITE_DOCS"] === "1") writeFileSync(path, made)
  expect(readFileSync(path, "utf8")).toBe(made)
})
