// CRIU's file of this machine: what is put into it leaves it as it was, and dumps wait until it is out again.
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CriuConf from "../../../src/layers/docker/CriuConf.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"

const disk = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)
const conf = "/etc/criu/runc.conf"

/** The file is missing at first, and as it was with the scope. */
const untouched = Effect.acquireRelease(
  Effect.sync(() => {
    mkdirSync("/etc/criu", { recursive: true })
    const before = existsSync(conf) ? readFileSync(conf) : undefined
    rmSync(conf, { force: true })
    return { before, folder: mkdtempSync(`${tmpdir()}/stasis-conf-`) }
  }),
  ({ before, folder }) =>
    Effect.sync(() => {
      rmSync(conf, { force: true })
      if (before !== undefined) writeFileSync(conf, before)
      rmSync(folder, { recursive: true })
    })
)

for (const text of ["", "ghost-limit 2M\n"]) {
  it.scopedLive(`one that is a link to ${JSON.stringify(text)} stays so, with its owner and mode`, () =>
    Effect.gen(function* () {
      const { folder } = yield* untouched
      const real = `${folder}/managed.conf`
      writeFileSync(real, text)
      chownSync(real, 7, 8)
      chmodSync(real, 0o640)
      symlinkSync(real, conf)
      const look = () => {
        const { gid, mode, uid } = statSync(real)
        return { uid, gid, mode: mode & 0o7777, link: lstatSync(conf).isSymbolicLink() }
      }
      const before = look()
      yield* Effect.scoped(Effect.gen(function* () {
        yield* CriuConf.tell({ "tcp-established": true })
        expect(readFileSync(conf, "utf8")).toMatch(/^# stasis: .*\ntcp-established\n# stasis: end\n/)
        expect(readFileSync(conf, "utf8").endsWith(text)).toBe(true)
        expect(look()).toEqual(before)
      }))
      expect(readFileSync(real, "utf8")).toBe(text)
      expect(look()).toEqual(before)
    }).pipe(Effect.provide(disk)))
}

it.scopedLive("is waited for while it tells something of a restore, and not when whoever told it is gone", () =>
  Effect.gen(function* () {
    yield* untouched
    yield* CriuConf.awaitUntold
    expect(existsSync(conf)).toBe(false)
    const waiting = yield* Effect.scoped(Effect.gen(function* () {
      yield* CriuConf.tell({ "tcp-close": true })
      const fiber = yield* Effect.forkDaemon(CriuConf.awaitUntold)
      yield* Effect.timeoutOption(Fiber.join(fiber), "300 millis").pipe(
        Effect.map((ended) => expect(ended).toEqual(Option.none()))
      )
      return fiber
    }))
    yield* Fiber.join(waiting)
    expect(existsSync(conf)).toBe(false)
    writeFileSync(conf, "# stasis: for the restore that runs now\ntcp-close\n# stasis: end\n")
    yield* CriuConf.awaitUntold
    expect(existsSync(conf)).toBe(false)
  }).pipe(Effect.provide(disk)))
