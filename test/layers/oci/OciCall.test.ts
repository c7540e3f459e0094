// One call of a runtime, with a script in the runtime's place that writes down what it was given.
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { describe, expect, it } from "@effect/vitest"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as OciCall from "../../../src/layers/oci/OciCall.ts"
import type { Command } from "../../../src/layers/oci/OciCommand.ts"
import * as OciSettings from "../../../src/layers/oci/OciSettings.ts"

/** A folder with the script, an open file as the lock, and the settings that name the script. */
const bench = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(`${tmpdir()}/stasis-call-`)
    const program = `${folder}/runtime`
    writeFileSync(
      program,
      `#!/bin/sh
readlink /proc/self/fd/3 >${folder}/lock-of-it
echo "$@" >${folder}/args
printf %s "$CRIU_CONFIG_FILE" >${folder}/config
`,
      { mode: 0o700 }
    )
    const descriptor = openSync(`${folder}/lock`, "w")
    const settings = OciSettings.complete({ runtime: "runc", program, root: "/r", stasisRoot: folder }, "/usr/bin:/bin")
    return { folder, descriptor, settings, read: (name: string) => readFileSync(`${folder}/${name}`, "utf8").trim() }
  }),
  ({ descriptor, folder }) =>
    Effect.sync(() => {
      closeSync(descriptor)
      rmSync(folder, { recursive: true })
    })
)

describe("OciCall", () => {
  it.scopedLive("hands the locks to whatever it starts, that CRIU holds them as well", () =>
    Effect.gen(function* () {
      const { descriptor, folder, read, settings } = yield* bench
      const lease = { descriptors: [descriptor] }
      yield* OciCall.act(settings, "pause", "c", ["pause", "c"], lease)
      expect(read("lock-of-it")).toBe(`${folder}/lock`)
      expect(read("args")).toBe("--root /r pause c")
      rmSync(`${folder}/lock-of-it`)
      const command = { args: ["checkpoint", "c"], criu: {} }
      yield* OciCall.runWithCriu(settings, command, folder, { lease, output: "null" })
      expect(read("lock-of-it")).toBe(`${folder}/lock`)
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scopedLive("gives CRIU a configuration for the call where there is one, that nobody else may read", () =>
    Effect.gen(function* () {
      const { folder, read, settings } = yield* bench
      const call = (criu: Command["criu"]) =>
        OciCall.runWithCriu(settings, { args: ["checkpoint", "c"], criu }, folder, {
          lease: { descriptors: [] },
          output: "null"
        })
      yield* call({})
      expect(read("config")).toBe("")
      expect(existsSync(`${folder}/criu.conf`)).toBe(false)
      yield* call({ "tcp-close": true })
      expect(read("config")).toBe(`${folder}/criu.conf`)
      expect(read("criu.conf")).toContain("tcp-close")
      expect(statSync(`${folder}/criu.conf`).mode & 0o777).toBe(0o600)
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})

describe("OciSettings", () => {
  it("keeps checkpoints below /var/lib/stasis, and puts a chosen CRIU first", () => {
    expect(OciSettings.complete({ runtime: "crun" }, "/bin")).toEqual({
      runtime: "crun",
      program: "crun",
      root: "/run/crun",
      stasisRoot: "/var/lib/stasis",
      criu: "criu",
      ofEngine: false,
      env: {}
    })
    expect(OciSettings.complete({ runtime: "runc", criu: "/opt/criu/criu", stasisRoot: "/s" }, "/bin")).toMatchObject({
      stasisRoot: "/s",
      env: { PATH: "/opt/criu:/bin" }
    })
  })
})
