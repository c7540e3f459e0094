import { expect, it } from "@effect/vitest"
import * as LayeredFile from "../../../src/layers/docker/LayeredFile.ts"
import { inspected } from "./StubEngine.ts"

const gone = { path: "/no/such/merged/etc/file", size: 1 }

it("of a file whose layers are not known nothing is said", () => {
  expect(LayeredFile.changed([gone], inspected())).toBeUndefined()
  expect(LayeredFile.changed([gone], inspected({ GraphDriver: { Name: "zfs", Data: { Mountpoint: "/z" } } })))
    .toBeUndefined()
})

it("a file that no layer has is gone", () => {
  const Data = { MergedDir: "/no/such/merged", UpperDir: "/no/such/upper", LowerDir: "/no/such/lower" }
  expect(LayeredFile.changed([gone], inspected({ GraphDriver: { Name: "overlay2", Data } }))).toMatchObject({
    reason: "FileMissing"
  })
})
