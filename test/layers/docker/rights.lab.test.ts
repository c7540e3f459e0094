// A user of Docker who is not root is told which right is missing, and nothing is touched.
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync } from "node:fs"
import process from "node:process"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { temporaryFolder } from "../oci/LabContainer.ts"
import { shareDaemon } from "./dockerSubject.ts"

// Debian has this group, of id 1, whatever is installed.
const daemon = shareDaemon({ group: "daemon" })

/** What `asUser.lab.ts` prints when it is run by a user of a group. */
const asUser = (group: number) =>
  Effect.gen(function* () {
    const lab = yield* daemon
    const web = yield* lab.container()
    yield* web.counted(1)
    const folder = yield* temporaryFolder
    const own = `${folder}/stasis`
    chmodSync(folder, 0o755)
    mkdirSync(own)
    chmodSync(own, 0o777)
    const script = `${folder}/asUser.mjs`
    yield* Effect.promise(() =>
      build({
        entryPoints: [new URL("asUser.lab.ts", import.meta.url).pathname],
        outfile: script,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        external: ["@parcel/watcher"],
        banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url)` },
        logLevel: "silent"
      })
    )
    const { stderr, stdout } = spawnSync("setpriv", [
      ...["--reuid", "65534", "--regid", String(group), "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"],
      ...[process.execPath, script, lab.host, own, web.id]
    ], { encoding: "utf8", cwd: folder, env: { PATH: process.env["PATH"] } })
    expect(stderr).toBe("")
    // Written by asUser.lab.ts.
    const told = JSON.parse(stdout) as {
      readonly findings: ReadonlyArray<Readonly<Record<"subject" | "verdict" | "detail" | "remedy", string>>>
      readonly found: string
      readonly created: string
    }
    yield* web.counted((yield* web.count) + 2)
    expect(existsSync(`${lab.dataRoot}/containers/${web.id}/checkpoints/first`)).toBe(false)
    return { told, lab }
  })

describe("a user who is not root", () => {
  it.scopedLive("and not in the group of the socket is told of it", () =>
    Effect.gen(function* () {
      const { lab: { host }, told: { created, findings, found } } = yield* asUser(65534)
      const refusal = "permission to connect to it is missing"
      const remedy = "run it as root, or as a member of the group that owns the socket (daemon)"
      expect(findings).toEqual([{ subject: "docker", verdict: "missing", detail: refusal, remedy }])
      expect(found).toBe(`Cannot use "${host}": ${refusal}; ${remedy}`)
      expect(created).toBe(found)
    }))

  it.scopedLive("and in the group of the socket sees containers, and is told that checkpoints are root's", () =>
    Effect.gen(function* () {
      const { lab, told: { created, findings, found } } = yield* asUser(1)
      expect(found).toBe("running")
      expect(findings).toContainEqual({
        subject: "docker: files of the daemon",
        verdict: "missing",
        detail: `the files of the daemon below "${lab.dataRoot}" cannot be reached`,
        remedy: "run it as root on the machine of the daemon"
      })
      expect(created).toContain("run it as root on the machine of the daemon")
    }))
})
