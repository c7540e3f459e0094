import { it } from "@effect/vitest"
import { table } from "./kinds.ts"

it("the table of docs/containerd.md has a row for each kind, in order", () => table.expectSubjects())
