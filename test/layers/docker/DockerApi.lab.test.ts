// A real daemon, spoken with over its socket, over TCP and over TLS; by Node.js and by Deno; by root and by others.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import * as Process from "../../../src/layers/shared/Process.ts"
import { type Ended, run } from "../../examples/Example.ts"
import { shareDaemon } from "./dockerSubject.ts"
import * as LabDocker from "./LabDocker.ts"

const here = import.meta.dirname
const root = join(here, "..", "..", "..")
let folder = ""

beforeAll(async () => {
  folder = mkdtempSync(`${tmpdir()}/stasis-ask-`)
  chmodSync(folder, 0o755)
  await build({
    entryPoints: [join(here, "ask.lab.ts")],
    outfile: `${folder}/ask.mjs`,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: "error"
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hosts: Readonly<Record<string, (args: ReadonlyArray<string>) => Ended>> = {
  "Node.js": (args) => run(process.execPath, [`${folder}/ask.mjs`, ...args]),
  Deno: (args) =>
    run(join(root, "node_modules", ".bin", "deno"), [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-all",
      join(here, "ask.lab.ts"),
      ...args
    ])
}

const told = (ended: Ended): unknown => {
  expect(ended.stderr).toBe("")
  return JSON.parse(ended.stdout)
}

const asUser = (groups: ReadonlyArray<string>, host: string) =>
  told(run("setpriv", ["--reuid", "65534", "--regid", "65534", ...groups, process.execPath, `${folder}/ask.mjs`, host]))

const all = {
  version: expect.stringMatching(/^\d+\./),
  runtimes: expect.arrayContaining(["runc"]),
  isLocal: true,
  refused: "No such container: no-such",
  missing: "No such container: no-such",
  past: 2
}

describe("at its socket and over TCP", () => {
  const daemon = shareDaemon({ hosts: ["tcp://127.0.0.1:12375"], group: "games" })

  for (const [name, ask] of Object.entries(hosts)) {
    it.live(`answers ${name}`, () =>
      Effect.gen(function* () {
        const { host } = yield* daemon
        expect(told(ask([host]))).toEqual(all)
        expect(told(ask(["tcp://127.0.0.1:12375"]))).toMatchObject({ refused: all.refused })
      }))

    it.live(`is missed by ${name} where there is none`, () =>
      Effect.gen(function* () {
        const { folder: place } = yield* daemon
        expect(told(ask([`unix://${place}/none.sock`]))).toEqual({
          _tag: "RuntimeUnavailable",
          message:
            `Cannot use "unix://${place}/none.sock": there is no such socket; start the Docker daemon, or name its ` +
            "address in DOCKER_HOST"
        })
        expect(told(ask(["tcp://127.0.0.1:1"]))).toMatchObject({
          message:
            'Cannot use "tcp://127.0.0.1:1": nothing listens there; start the Docker daemon, or name its address in ' +
            "DOCKER_HOST"
        })
      }))
  }

  it.live("says which right a user has not got, and serves a member of the group", () =>
    Effect.gen(function* () {
      const { host } = yield* daemon
      expect(asUser(["--clear-groups"], host)).toEqual({
        _tag: "RuntimeUnavailable",
        message:
          `Cannot use "${host}": permission to connect to it is missing; run it as root, or as a member of the group ` +
          "that owns the socket (games)"
      })
      // The daemon's files are not that user's.
      expect(asUser(["--groups", "60"], host)).toMatchObject({ refused: all.refused, isLocal: false })
    }))

  it.live("is not taken for one that speaks TLS", () =>
    Effect.gen(function* () {
      yield* makeCertificates(folder)
      expect(told(run(process.execPath, [`${folder}/ask.mjs`, "tcp://127.0.0.1:12375", `${folder}/client`])))
        .toMatchObject({
          _tag: "RuntimeUnavailable",
          message: expect.stringMatching(
            /^Cannot use "tcp:\/\/127\.0\.0\.1:12375": TLS failed \(wrong version number\); look whether the certificates in ".*\/client"/
          )
        })
    }))
})

describe("over TLS", () => {
  it.scopedLive("answers whom it knows, and says what is wrong otherwise", () =>
    Effect.gen(function* () {
      yield* makeCertificates(folder)
      yield* LabDocker.make({
        hosts: ["tcp://127.0.0.1:12376"],
        config: {
          tlsverify: true,
          tlscacert: `${folder}/ca.pem`,
          tlscert: `${folder}/server/cert.pem`,
          tlskey: `${folder}/server/key.pem`
        }
      })
      for (const ask of Object.values(hosts)) {
        expect(told(ask(["tcp://127.0.0.1:12376", `${folder}/client`]))).toMatchObject({ refused: all.refused })
        expect(told(ask(["tcp://127.0.0.1:12376", `${folder}/stranger`]))).toMatchObject({
          _tag: "RuntimeUnavailable",
          message: expect.stringContaining("TLS failed")
        })
        expect(told(ask(["tcp://127.0.0.1:12376", `${folder}/none`]))).toMatchObject({
          message:
            `Cannot use "tcp://127.0.0.1:12376": "${folder}/none/ca.pem", which TLS needs, cannot be read (NotFound); ` +
            "name a folder with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH"
        })
        expect(told(ask(["tcp://127.0.0.1:12376"]))).toMatchObject({
          message:
            'Cannot use "tcp://127.0.0.1:12376": what answers there refuses it (Client sent an HTTP request to an HTTPS ' +
            "server.); speak TLS with it: set DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"
        })
      }
    }))
})

/** An authority, a server and a client that it has signed, and a stranger that has an authority of its own. */
const makeCertificates = (into: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    writeFileSync(
      `${into}/make.sh`,
      `set -eu
cd "$1"
authority() { openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" -keyout "$1/ca-key.pem" -out "$1/ca.pem"; }
signed() {
  mkdir -p "$1"
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1/key.pem" -out "$1/request.pem"
  printf 'subjectAltName=IP:127.0.0.1\\nextendedKeyUsage=serverAuth,clientAuth\\n' > "$1/extensions"
  openssl x509 -req -days 2 -in "$1/request.pem" -CA "$2/ca.pem" -CAkey "$2/ca-key.pem" -CAcreateserial \\
    -extfile "$1/extensions" -out "$1/cert.pem"
  [ "$2/ca.pem" -ef "$1/ca.pem" ] || cp "$2/ca.pem" "$1/ca.pem"
}
authority . lab
signed server .
signed client .
mkdir -p stranger
authority stranger stranger
signed stranger stranger
`
    )
    const made = yield* Effect.orDie(Process.run({ program: "sh", args: [`${into}/make.sh`, into] }))
    if (made.code !== 0) yield* Effect.dieMessage(made.stderr)
  })
