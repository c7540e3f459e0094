// What the bench counts as left on a disk.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { afterEach, beforeEach, expect, it } from "@effect/vitest"
import * as DiskUse from "../../bench/DiskUse.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/stasis-disk-use-`)
  mkdirSync(`${folder}/in`)
  writeFileSync(`${folder}/in/old`, "12345")
  symlinkSync("/proc", `${folder}/in/link`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("counts what is new and what grew, and that something else is less makes up for nothing", () => {
  const before = DiskUse.of([folder])
  expect(DiskUse.growth(before, DiskUse.of([folder]))).toEqual({ bytes: 0, blocks: 0, paths: [] })
  mkdirSync(`${folder}/more`)
  writeFileSync(`${folder}/more/new`, "123")
  writeFileSync(`${folder}/in/old`, "1")
  const growth = DiskUse.growth(before, DiskUse.of([folder]))
  expect(growth.bytes).toBe(3)
  expect(growth.paths).toContain(`${folder}/more/new`)
  expect(growth.paths).not.toContain(`${folder}/in/old`)
})

it("leaves out what is of no account", () => {
  const before = DiskUse.of([folder])
  appendFileSync(`${folder}/in/old`, "6789")
  const after = DiskUse.of([folder])
  expect(DiskUse.growth(before, after).bytes).toBe(4)
  expect(DiskUse.growth(before, after, (path) => path.endsWith("/old")).bytes).toBe(0)
})

it("follows no link and looks into nothing that is mounted", () => {
  expect([...DiskUse.of([folder]).keys()].filter((path) => path.startsWith(`${folder}/in/link/`))).toEqual([])
  expect([...DiskUse.of(["/dev"]).keys()].filter((path) => path.startsWith("/dev/pts/"))).toEqual([])
})
