/** The command line with no runtime named, on real containers of two runtimes in the roots that these use by themselves. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LabContainer from "../layers/oci/LabContainer.ts"
import * as Process from "../../src/layers/shared/Process.ts"
import * as Program from "./Program.ts"

let program: Program.Program

beforeAll(async () => {
  program = await Program.make()
})

afterAll(() => program.remove())

type Runtime = "runc" | "crun"

/** A folder, and the command line with a stasis root in it, which sees no daemon unless one is named. */
const make = Effect.map(LabContainer.temporaryFolder, (folder) => {
  const env = {
    STASIS_ROOT: `${folder}/stasis`,
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    CONTAINERD_ADDRESS: `${folder}/containerd.sock`
  }
  return {
    folder,
    /** An id that no other test uses. */
    id: `twin${folder.slice(-6)}`,
    stasis: (line: string) => program.stasis(line.split(" "), env)
  }
})

/** Starts a container that counts, in the runtime's own root; it is gone with the scope. */
const start = (runtime: Runtime, id: string) =>
  Effect.gen(function* () {
    const { bundle, folder } = yield* LabContainer.make({ runtime })
    const twin = `${folder}/twin`
    const spec = JSON.parse(readFileSync(`${bundle}/config.json`, "utf8"))
    yield* Effect.sync(() => {
      mkdirSync(twin)
      const root = { ...spec.root, path: `${bundle}/rootfs` }
      // Both would take the same one by themselves.
      const linux = { ...spec.linux, cgroupsPath: `/${runtime}-${id}` }
      writeFileSync(`${twin}/config.json`, JSON.stringify({ ...spec, root, linux }))
    })
    const bare = (...args: ReadonlyArray<string>) => Effect.orDie(Process.run({ program: runtime, args }))
    const run = Process.run({ program: runtime, args: ["run", "--detach", "--bundle", twin, id], output: "null" })
    yield* Effect.acquireRelease(
      Effect.filterOrDieMessage(Effect.orDie(run), ({ code }) => code === 0, `${runtime} does not start it`),
      () => Effect.zipRight(bare("delete", "--force", id), Effect.sync(() => removeEmpty(`/run/${runtime}`)))
    )
    const pid = Effect.map(bare("state", id), ({ stdout }) => Number(/"pid": (\d+)/.exec(stdout)?.[1] ?? 0))
    yield* LabContainer.poll(Effect.map(pid, LabContainer.readCount), (count) => count > 3)
    return { delete: bare("delete", "--force", id) }
  })

const removeEmpty = (folder: string) => {
  try {
    rmdirSync(folder)
  } catch {
    // Another test's containers are in it.
  }
}

/** A socket on which somebody listens and nobody answers. */
const deadSocket = (path: string) =>
  Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(() => {})
      server.listen(path, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

describe("with no runtime named", () => {
  it.scopedLive("works with the one that knows the container, also when only its checkpoints do", () =>
    Effect.gen(function* () {
      const { id, stasis } = yield* make
      yield* start("runc", `${id}-r`)
      const second = yield* start("crun", `${id}-c`)
      expect(stasis(`create ${id}-r first --leave-running`)).toMatchObject({ code: 0, err: "" })
      expect(stasis(`create ${id}-c first --leave-running`)).toMatchObject({ code: 0, err: "" })
      expect(stasis("ls").out).toMatch(
        new RegExp(`^CONTAINER .*\n${id}-c +first .* crun +complete\n${id}-r +first .* runc +complete\n$`)
      )
      expect(stasis("ls -q").out).toBe(`${id}-c first\n${id}-r first\n`)
      expect(stasis("ps").out).toMatch(new RegExp(`^CONTAINER +RUNTIME [\\s\\S]*\n${id}-c +crun +running`))
      expect(stasis("events -q").out).toBe("first\nfirst\n")
      expect(stasis("recover")).toEqual({ code: 0, out: "Nothing was left by an interrupted operation\n", err: "" })
      yield* second.delete
      expect(stasis(`ls ${id}-c -q`)).toEqual({ code: 0, out: "first\n", err: "" })
      const ambiguous = stasis(`inspect ${id}- first`)
      expect(ambiguous).toMatchObject({ code: 1, err: expect.stringContaining(`runc: ${id}-r, crun: ${id}-c; choose`) })
      expect(stasis(`rm ${id}-c first`)).toEqual({ code: 0, out: "first\n", err: "" })
      expect(stasis(`inspect ${id}- first`)).toMatchObject({ code: 0, out: expect.stringMatching(/: +runc 1\./) })
      const { err } = stasis(`ls ${id}-c`)
      expect(err).toBe(`stasis: No such container: ${id}-c (asked: runc, crun)\n`)
    }))

  it.scopedLive("takes neither of two that have the same id, and lists both", () =>
    Effect.gen(function* () {
      const { id, stasis } = yield* make
      yield* start("runc", id)
      yield* start("crun", id)
      for (const line of [`create ${id} first`, `ls ${id}`, `rm --all ${id}`, `recover ${id}`]) {
        expect(stasis(line)).toEqual({
          code: 1,
          out: "",
          err: `stasis: Cannot tell which container "${id}" is meant: runc: ${id}, crun: ${id}; ` +
            "choose with --runtime runc or --runtime crun\n"
        })
      }
      expect(stasis(`create ${id} first --leave-running --runtime crun`)).toMatchObject({ code: 0, err: "" })
      expect(stasis(`ls ${id} -q --runtime crun`).out).toBe("first\n")
      expect(stasis(`ls ${id} -q --runtime runc`).out).toBe("")
      // The root says it as well.
      expect(stasis(`ls ${id} -q --root /run/crun`).out).toBe("first\n")
    }))

  it.scopedLive("checks every one that is there", () =>
    Effect.gen(function* () {
      const { id, stasis } = yield* make
      yield* start("runc", `${id}-r`)
      yield* start("crun", `${id}-c`)
      const { code, out } = stasis("check")
      expect(code).toBe(0)
      expect(out).toMatch(
        /^runc\n[\s\S]*Checkpoints work here with runc\n\ncrun\n[\s\S]*Checkpoints work here with crun\n$/
      )
    }))

  it.scopedLive("does not hang on a daemon that takes the question and never answers", () =>
    Effect.gen(function* () {
      const { folder, id, stasis } = yield* make
      yield* start("runc", id)
      yield* deadSocket(`${folder}/docker.sock`)
      yield* deadSocket(`${folder}/containerd.sock`)
      const warned =
        /^stasis: warning: docker could not be asked: .*\nstasis: warning: containerd could not be asked: .*\n$/
      const begun = Date.now()
      // Docker may have one of that name.
      expect(stasis(`create ${id} first`)).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(
          /: Cannot tell which .* runc: .*; docker could .*; containerd could .*; choose with /
        )
      })
      expect(stasis(`create ${id} first --leave-running -q --runtime runc`)).toEqual({
        code: 0,
        out: "first\n",
        err: ""
      })
      expect(stasis("ls -q")).toEqual({ code: 0, out: `${id} first\n`, err: expect.stringMatching(warned) })
      expect(stasis("ls nobody")).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /No such container: nobody \(asked: [a-z, ]+\); docker could not be asked: .*; containerd /
        )
      })
      // Each waits for five seconds at most, and both at once.
      expect(Date.now() - begun).toBeLessThan(3 * 10_000)
    }), 60_000)
})
