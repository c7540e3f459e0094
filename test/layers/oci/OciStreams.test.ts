import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { pid as ourPid } from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as OciStreams from "../../../src/layers/oci/OciStreams.ts"
import * as Process from "../../../src/layers/shared/Process.ts"

const none = { stdin: false, stdout: false, stderr: false }

describe("OciStreams", () => {
  it("reads which streams were pipes", () => {
    expect(OciStreams.parse('["/dev/null","pipe:[45]","/dev/null"]')).toEqual({ ...none, stdout: true })
    expect(OciStreams.parse('["pipe:[1]","/dev/null","pipe:[2]"]')).toEqual({ ...none, stdin: true, stderr: true })
    for (const text of [undefined, "", "{}", "[1]"]) expect(OciStreams.parse(text)).toEqual(none)
  })

  it("refuses a file for a stream that was no pipe", () => {
    const refused = (options: object, pipes = none) =>
      Either.match(OciStreams.check("runc", pipes, options), {
        onLeft: (error) => error.option,
        onRight: () => undefined
      })
    expect(refused({})).toBeUndefined()
    expect(refused({ stdout: "/o" })).toBe("oci.stdout")
    expect(refused({ stdout: "/o", stderr: "/e" }, { ...none, stdout: true })).toBe("oci.stderr")
    expect(refused({ stdout: "/o" }, { ...none, stdout: true })).toBeUndefined()
  })

  it("wraps nothing where nothing was a pipe", () => {
    const call = { program: "runc", args: ["restore"] }
    expect(OciStreams.wrap(call, none, { stdout: "/o" }, "/w", 2)).toBe(call)
  })

  it.live("gives the readers of the pipes none of the locks", () =>
    Effect.scoped(Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-streams-`)),
        (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
      )
      const lock = yield* Effect.acquireRelease(
        Effect.sync(() => openSync(`${folder}/lock`, "w")),
        (descriptor) => Effect.sync(() => closeSync(descriptor))
      )
      const script = "(echo begun; echo begun >&2; until [ -e $1/go ]; do sleep 0.01; done; echo > $1/done) 3>&- &"
      const call = { program: "sh", args: ["-c", script, "sh", folder] }
      const wrapped = OciStreams.wrap(
        call,
        { stdin: false, stdout: true, stderr: true },
        { stdout: `${folder}/out`, stderr: `${folder}/err` },
        folder,
        1
      )
      yield* Process.run({ ...wrapped, lease: { descriptors: [lock] }, output: "null" })
      const wait = (test: string) =>
        Process.run({ program: "sh", args: ["-c", `until ${test}; do sleep 0.01; done`, folder] })
      yield* wait("[ -s $0/out ] && [ -s $0/err ]")
      expect(holders(`${folder}/lock`)).toEqual([String(ourPid)])
      yield* Process.run({ program: "touch", args: [`${folder}/go`] })
      yield* wait("[ -e $0/done ]")
    })))

  for (const stdin of [false, true]) {
    it.live(`gives what the call leaves behind its pipes (input a pipe: ${stdin}), and the call's code`, () =>
      Effect.scoped(Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-streams-`)),
          (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
        )
        const script = "readlink /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 > $1/links; " +
          "(until [ -e $1/go ]; do sleep 0.01; done; echo later; echo error >&2; sleep 0.01; echo > $1/done) & exit 7"
        const call = { program: "sh", args: ["-c", script, "sh", folder] }
        const streams = { stdout: `${folder}/out`, stderr: `${folder}/err` }
        const pipes = { stdin, stdout: true, stderr: true }
        const finished = yield* Process.run({ ...OciStreams.wrap(call, pipes, streams, folder, 0), output: "null" })
        expect(finished.code).toBe(7)
        yield* Process.run({
          program: "sh",
          args: ["-c", "echo > $0/go; until [ -s $0/err ] && [ -e $0/done ]; do sleep 0.01; done", folder]
        })
        expect(readFileSync(`${folder}/out`, "utf8")).toBe("later\n")
        expect(readFileSync(`${folder}/err`, "utf8")).toBe("error\n")
        for (const file of ["out", "err"]) expect(statSync(`${folder}/${file}`).mode & 0o777).toBe(0o600)
        const [input, , errors] = readFileSync(`${folder}/links`, "utf8").split("\n")
        expect([input?.startsWith("pipe:"), errors?.startsWith("pipe:")]).toEqual([stdin, true])
      })))
  }
})

/** The processes that hold a file open. */
const holders = (path: string): ReadonlyArray<string> =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) &&
        readdirSync(`/proc/${pid}/fd`).some((descriptor) => target(`/proc/${pid}/fd/${descriptor}`) === path)
    } catch {
      // It has ended meanwhile.
      return false
    }
  })

/** Where a descriptor leads; `undefined` when it was closed meanwhile. */
const target = (descriptor: string): string | undefined => {
  try {
    return readlinkSync(descriptor)
  } catch {
    return undefined
  }
}
