/** The program as a process: its streams, its signals, its exit codes, on a bundle as a user runs it. */
import { spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import * as Program from "./Program.ts"

let program: Program.Program

beforeAll(async () => {
  program = await Program.make()
})

afterAll(() => program.remove())

const env = { STASIS_RUNTIME: "memory" }
const stasis = (...argv: ReadonlyArray<string>) => program.stasis(argv, env)
const bash = (line: string) => program.bash(line, env)

describe("exit codes and streams", () => {
  it("says its version", () => {
    expect(stasis("--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" })
    expect(stasis("ls", "--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" })
  })

  it("0 done, 1 failed, 2 wrong usage; results on one stream, the rest on the other", () => {
    expect(stasis("create", "counter", "first")).toMatchObject({ code: 0, err: "" })
    expect(stasis("ls", "nope")).toMatchObject({ code: 1, out: "" })
    expect(stasis("ls", "--nonsense")).toMatchObject({ code: 2, out: "" })
    expect(stasis("create", "counter", "../first")).toMatchObject({ code: 2, out: "" })
  })

  it("one JSON document", () => {
    const { code, err, out } = stasis("create", "counter", "first", "--leave-running", "--format", "json")
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(JSON.parse(out)).toMatchObject({ checkpoint: { name: "first", status: "complete" }, state: "running" })
  })

  it("a full disk behind standard output is a failure", () => {
    expect(bash("$STASIS ls > /dev/full")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^stasis: Cannot write to standard output: .*ENOSPC/)
    })
  })
})

describe("rights", () => {
  it("says that it may not look for containers, instead of finding none", () => {
    const folder = mkdtempSync(join(tmpdir(), "stasis-rights-"))
    mkdirSync(join(folder, "run"))
    // Whoever runs the tests: somebody else's folder for the superuser, else one's own that is shut.
    const isRoot = process.getuid?.() === 0
    chmodSync(join(folder, "run"), isRoot ? 0o700 : 0)
    chmodSync(folder, 0o755)
    const run = isRoot ? "setpriv --reuid 65534 --clear-groups $STASIS" : "$STASIS"
    for (const words of ["ls", "ls web", "create web first", "restore web first", "rm web first"]) {
      expect(program.bash(`${run} ${words} --runtime runc --root ${folder}/run --stasis-root ${folder}/stasis`))
        .toEqual({
          code: 1,
          out: "",
          err: expect.stringContaining(
            `stasis: Cannot look for containers in "${folder}/run": permission denied, run it as root`
          )
        })
    }
    rmSync(folder, { recursive: true })
  })

  it("goes past a daemon that it may not ask, and no further than one that is silent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stasis-rights-"))
    chmodSync(folder, 0o777)
    const sockets = ["docker", "containerd"].map((name) => join(folder, `${name}.sock`))
    // Nobody takes what comes in: the test waits for the program.
    const servers = await Promise.all(sockets.map((path) =>
      new Promise<Server>((resolve) => {
        const server = createServer()
        server.listen(path, () => resolve(server))
      })
    ))
    const run = process.getuid?.() === 0 ? "setpriv --reuid 65534 --clear-groups $STASIS" : "$STASIS"
    const bash = (words: string) =>
      program.bash(`cd / && ${run} ${words}`, {
        STASIS_ROOT: join(folder, "stasis"),
        DOCKER_HOST: `unix://${sockets[0]}`,
        CONTAINERD_ADDRESS: `${sockets[1]}`
      })
    const wayTo = (mode: number) => sockets.forEach((path) => chmodSync(path, mode))
    wayTo(0)
    expect(bash("run job -- true")).toMatchObject({ code: 0, err: "" })
    const past = bash("rm job first")
    expect(past.err).toMatch(/warning: docker could not be asked: .* permission to connect to it is missing; /)
    expect(past.err).toMatch(
      /warning: containerd could not be asked: .* the right to write to this socket is missing; /
    )
    expect(past.err).toContain('\nstasis: Checkpoint "first" of container "job" not found in')
    wayTo(0o666)
    expect(bash("rm job first").err).toMatch(
      /^(stasis: warning: .*\n)*stasis: Cannot tell which container "job" is meant: criu: job; docker could .*; containerd could /
    )
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true })
  }, 60_000)
})

describe("pipes", () => {
  it("is quiet when its reader is gone", () => {
    expect(bash("{ $STASIS --help; echo code $? >&2; } | true")).toEqual({ code: 0, out: "", err: "code 0\n" })
    expect(bash("{ $STASIS ls; echo code $? >&2; } | true")).toEqual({ code: 0, out: "", err: "code 0\n" })
  })

  it("events --follow ends with its reader, though nothing happens", () => {
    expect(bash("{ $STASIS events --follow; echo code $? >&2; } | true")).toEqual({ code: 0, out: "", err: "code 0\n" })
  })
})

/** Whether a process has a handler of its own for SIGHUP: the program's last, and none of Node.js itself. */
const listensForHangUp = (pid: number | undefined): boolean =>
  (Number.parseInt(
    /^SigCgt:\s*[0-9a-f]*?([0-9a-f])$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0",
    16
  ) & 1) === 1

describe("signals", () => {
  it.each([["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const)("%s ends what waits", async (signal, code) => {
    const child = spawn(program.command[0], [program.command[1], "events", "--follow"], {
      env: { ...env, PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let err = ""
    child.stderr.on("data", (text) => err += text)
    const ended = new Promise((resolve) => child.on("exit", (status, by) => resolve(status ?? by)))
    await expect.poll(() => listensForHangUp(child.pid), { timeout: 20_000 }).toBe(true)
    child.kill(signal)
    const how = await ended
    expect([how, err]).toEqual([code, ""])
  })
})

describe("on a terminal", () => {
  const terminal = (line: string, more: Readonly<Record<string, string>> = {}) =>
    program.bash(`script -qec "$STASIS ${line}" /dev/null`, { ...env, TERM: "xterm", ...more }).out

  it("has colours, unless they are not wanted", () => {
    expect(terminal("check")).toContain("\u001b[32mok")
    expect(terminal("check", { NO_COLOR: "1" })).not.toContain("\u001b")
    expect(terminal("check", { TERM: "dumb" })).not.toContain("\u001b")
    expect(stasis("check").out).not.toContain("\u001b")
  })

  it("leaves no trace of the bar", () => {
    const [before, after] = terminal("create counter first").split("Checkpointed")
    expect(before).toMatch(/\r\u001b\[K$/)
    expect(after).toContain('counter as "first"')
  })
})

describe("completions", () => {
  const complete = (...words: ReadonlyArray<string>) =>
    bash(
      `source <($STASIS --completions bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); ` +
        `COMP_CWORD=${
          words.length - 1
        }; $(complete -p stasis | sed 's/.*-F //; s/ .*//') stasis; echo "\${COMPREPLY[*]}"`
    ).out.trim()

  it("bash completes commands, flags and choices", () => {
    expect(complete("stasis", "cre")).toBe("create")
    expect(complete("stasis", "create", "--leav")).toBe("--leave-running")
    expect(complete("stasis", "--runtime", "r")).toBe("runc")
  })
})

describe("unbuilt, in Deno", () => {
  it("does the same", () => {
    const deno = join(import.meta.dirname, "../../node_modules/.bin/deno")
    const main = join(import.meta.dirname, "../../src/cli/main.ts")
    const run = (line: string) => program.bash(`DENO_NO_UPDATE_CHECK=1 ${deno} run -A ${main} ${line}`, env)
    expect(run("--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" })
    expect(run("create counter first -q")).toEqual({ code: 0, out: "first\n", err: "" })
    expect(run("ls --nonsense")).toMatchObject({ code: 2, out: "" })
    expect(run("events --follow | true; echo $PIPESTATUS")).toEqual({ code: 0, out: "0\n", err: "" })
  })
})
