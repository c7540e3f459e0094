/** What is said of a CRIU or a kernel that lacks something: of a program that stands in for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Capabilities, Checkpoints, Runtime } from "stasis"
import * as Criu from "stasis/Criu"

/** A CRIU of this version without these features. */
const standIn = (version: string, ...lacking: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = mkdtempSync(`${tmpdir()}/stasis-criu-`)
      const criu = `${folder}/criu`
      const cases = lacking.map((name) => `*" --feature ${name}") exit 1;;`).join(" ")
      const script = `#!/bin/sh\ncase "$*" in --version) echo "Version: ${version}";; ${cases} esac\nexit 0\n`
      writeFileSync(criu, script, { mode: 0o755 })
      return { folder, criu }
    }),
    ({ folder }) => Effect.sync(() => rmSync(folder, { recursive: true }))
  ).pipe(Effect.map(({ criu, folder }) => Criu.layer({ criu, stasisRoot: `${folder}/stasis` })))

const probe = Effect.flatMap(Runtime.Runtime, (runtime) => runtime.capabilities)

describe("the capabilities of CRIU", () => {
  it.scopedLive("say of each missing feature what it means", () =>
    Effect.gen(function* () {
      const found = yield* Effect.provide(probe, yield* standIn("99.0", "timens", "seccomp_filters"))
      const limited = found.findings.filter(({ subject }) => subject.startsWith("feature: "))
      expect(limited).toEqual([
        {
          subject: "feature: seccomp_filters",
          verdict: "limited",
          detail: "processes with seccomp filters cannot be checkpointed",
          remedy: "use a newer kernel and CRIU"
        },
        {
          subject: "feature: timens",
          verdict: "limited",
          detail: "clocks that count from the machine's start jump after it was started anew",
          remedy: "use a newer kernel and CRIU"
        }
      ])
      expect(Capabilities.isAble(found)).toBe(true)
      expect(found).toMatchObject({ runtime: "criu", version: "99.0", criu: "99.0" })
      expect(found.unsupported["lazyPages"]).toBe(undefined)
      expect(found.unsupported["preDump"]).toBe(undefined)
    }))

  it.scopedLive("refuse the options that hang on a missing feature", () =>
    Effect.gen(function* () {
      const layer = yield* standIn("99.0", "uffd-noncoop", "mem_dirty_track")
      const found = yield* Effect.provide(probe, layer)
      expect(found.unsupported).toHaveProperty("lazyPages")
      expect(found.unsupported).toHaveProperty("parentPath")
      const runtime = yield* Effect.provide(Runtime.Runtime, layer)
      for (
        const [operation, options] of [["restore", { lazyPages: true }], ["checkpoint", { preDump: true }]] as const
      ) {
        expect(yield* Effect.flip(runtime.checkOptions(operation, options))).toMatchObject({
          _tag: "OptionUnsupported",
          option: Object.keys(options)[0]
        })
      }
      yield* runtime.checkOptions("restore", { lazyPages: false })
    }))

  it.scopedLive("say that it is too old for this kernel, or missing, before anything is touched", () =>
    Effect.gen(function* () {
      const create = Checkpoints.create(`pid:${process.pid}`, "first", { leaveRunning: true })
      const old = yield* Effect.flip(Effect.provide(create, yield* standIn("1.0")))
      expect(old).toMatchObject({ _tag: "RuntimeUnavailable", detail: expect.stringContaining("too old for kernel") })
      const missing = yield* Effect.flip(
        Effect.provide(create, Criu.layer({ criu: "/no/such/criu", stasisRoot: "/no/such" }))
      )
      expect(missing).toMatchObject({
        _tag: "RuntimeUnavailable",
        program: "/no/such/criu",
        remedy: expect.stringContaining("install CRIU")
      })
    }))
})
