import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import {
  type Answer,
  decide,
  type Found,
  type Intent,
  meant,
  ofRoot,
  type Places,
  runtimesThere,
  socketOf
} from "../../src/cli/chooseRuntime.ts"
import type { RuntimeName } from "../../src/cli/Settings.ts"

const nothing = {
  runtime: Option.none<RuntimeName>(),
  root: Option.none<string>(),
  host: Option.none<string>(),
  address: Option.none<string>(),
  namespace: Option.none<string>()
}

describe("meant", () => {
  const flag = Option.some("x")
  it.each<[string, Partial<typeof nothing>, string]>([
    ["nothing", {}, "any"],
    ["--runtime", { runtime: Option.some("crun") }, "crun"],
    ["--root", { root: flag }, "oci"],
    ["--host", { host: flag }, "docker"],
    ["--address", { address: flag }, "containerd"],
    ["--namespace", { namespace: flag }, "containerd"],
    ["both of containerd", { address: flag, namespace: flag }, "containerd"],
    ["--runtime that the flag is of", { runtime: Option.some("docker"), host: flag }, "docker"],
    // The variable of the root may be set for other commands.
    ["--runtime and --root", { runtime: Option.some("criu"), root: flag }, "criu"],
    ["--host and --root", { host: flag, root: flag }, "docker"],
    ["--host and --address", { host: flag, address: flag }, "! --host and --address"],
    ["--runtime of another", { runtime: Option.some("runc"), host: flag }, "! --runtime runc and --host"],
    [
      "--runtime of the other daemon",
      { runtime: Option.some("docker"), namespace: flag },
      "! --runtime docker and --namespace"
    ]
  ])("%s", (_, flags, expected) => {
    const said = Either.match(meant({ ...nothing, ...flags }), {
      onLeft: ({ detail }) => detail.replace("flags of two runtimes: ", "! ").replace(", leave one out", ""),
      onRight: Option.getOrElse(() => "any")
    })
    expect(said).toBe(expected)
  })
})

describe("runtimesThere", () => {
  const places: Places = {
    docker: Option.some("/d.sock"),
    containerd: Option.some("/c.sock"),
    runc: ["/run/runc", "/kept/runc"],
    crun: ["/run/crun", "/kept/crun"],
    criu: ["/kept/criu"]
  }
  it.each<[string, ReadonlyArray<RuntimeName>]>([
    ["", []],
    ["/d.sock", ["docker"]],
    ["/run/runc", ["runc"]],
    // After a boot the runtime has forgotten its containers; their checkpoints are still there.
    ["/kept/crun", ["crun"]],
    ["/run/runc /kept/runc", ["runc"]],
    ["/kept/criu /run/crun /run/runc /c.sock /d.sock", ["docker", "containerd", "runc", "crun", "criu"]]
  ])(
    "with %s",
    (there, expected) => expect(runtimesThere(places, (path) => there.split(" ").includes(path))).toEqual(expected)
  )

  it("takes a daemon on the network to be there", () => {
    expect(runtimesThere({ ...places, docker: Option.none() }, () => false)).toEqual(["docker"])
  })

  it.each([
    ["unix:///run/docker.sock", "/run/docker.sock"],
    ["/run/docker.sock", "/run/docker.sock"],
    ["tcp://127.0.0.1:2375", undefined],
    ["ssh://somewhere", undefined]
  ])("socketOf %s", (address, file) => expect(Option.getOrUndefined(socketOf(address))).toBe(file))
})

describe("ofRoot", () => {
  it.each([
    ["nothing", [], "runc"],
    ["runc's", ["a/state.json"], "runc"],
    ["crun's", ["a/status"], "crun"],
    ["both", ["a/status", "b/state.json"], "runc"]
  ])("%s", (_, files, expected) => {
    const names = [...new Set(files.map((file) => file.slice(0, 1)))]
    expect(ofRoot("/r", () => names, (path) => files.some((file) => `/r/${file}` === path))).toBe(expected)
  })
})

const id = "4f0b9d8c7e6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c"
const found = (container: Found): Answer => ({ _tag: "Found", found: container })
const none: Answer = { _tag: "None" }
const dead: Answer = { _tag: "Unasked", detail: "it is dead", barred: false }
const barred: Answer = { _tag: "Unasked", detail: "permission is missing", barred: true }

const decided = (
  reference: string,
  answers: { readonly [R in RuntimeName]?: Answer },
  intent: Intent = "read"
): string =>
  Either.match(
    decide(
      reference,
      // The keys are the names that were written down.
      Object.entries(answers).map(([runtime, answer]) => ({ runtime: runtime as RuntimeName, answer })),
      intent
    ),
    { onLeft: (error) => `! ${error.message}`, onRight: (runtime) => runtime }
  )

describe("decide", () => {
  it.each<[string, string, { readonly [R in RuntimeName]?: Answer }, string]>([
    ["the one that knows it", "web", { docker: none, runc: found({ id: "web" }) }, "runc"],
    ["by a name", "web", { docker: found({ id, name: "web" }), runc: none }, "docker"],
    [
      "by a name with Docker's slash",
      "/web",
      { docker: found({ id, name: "web" }), runc: found({ id: "/webs" }) },
      "docker"
    ],
    ["by a prefix", "4f0b", { docker: found({ id, name: "web" }), runc: none }, "docker"],
    ["a whole id before a prefix", "web", { runc: found({ id: "web-2" }), crun: found({ id: "web" }) }, "crun"],
    [
      "a whole name before a prefix",
      "web",
      { docker: found({ id, name: "web" }), crun: found({ id: "web-2" }) },
      "docker"
    ],
    ["a whole id before several", "web", {
      runc: { _tag: "Several", ids: ["web-1", "web-2"] },
      crun: found({ id: "web" })
    }, "crun"],
    ["a whole id before what may be a part of one", "web", {
      runc: found({ id: "web", isPart: true }),
      crun: found({ id: "web" })
    }, "crun"],
    ["though another is dead", "web", { docker: dead, runc: found({ id: "web" }) }, "runc"],
    [
      "several of one, which says so itself",
      "we",
      { runc: { _tag: "Several", ids: ["web-1", "web-2"] }, crun: none },
      "runc"
    ],
    [
      "Docker's own before containerd's beneath it",
      id,
      { docker: found({ id, name: "web", pid: 7 }), containerd: found({ id, pid: 7 }) },
      "docker"
    ],
    [
      "the same when it has ended",
      "4f0b",
      { docker: found({ id, name: "web" }), containerd: found({ id }) },
      "docker"
    ],
    [
      "the same where only the process tells",
      "job",
      { containerd: found({ id: "job", pid: 7 }), criu: found({ id: "job", pid: 7 }) },
      "containerd"
    ]
  ])("%s", (_, reference, answers, expected) => expect(decided(reference, answers)).toBe(expected))

  it.each<[string, string, { readonly [R in RuntimeName]?: Answer }, string]>([
    [
      "the same id twice",
      "web",
      { runc: found({ id: "web", pid: 7 }), crun: found({ id: "web", pid: 8 }) },
      'Cannot tell which container "web" is meant: runc: web, crun: web; choose with --runtime runc or --runtime crun'
    ],
    [
      "a name and an id",
      "web",
      { docker: found({ id, name: "web" }), criu: found({ id: "web" }) },
      `Cannot tell which container "web" is meant: docker: ${id} (web), criu: web; ` +
      "choose with --runtime docker or --runtime criu"
    ],
    [
      "prefixes",
      "w",
      { runc: { _tag: "Several", ids: ["wa", "wb"] }, crun: found({ id: "wc" }), docker: none },
      'Cannot tell which container "w" is meant: runc: wa, runc: wb, crun: wc; choose with --runtime runc or --runtime crun'
    ],
    [
      "what may be a part of an id, and a prefix",
      "web",
      { runc: found({ id: "web", isPart: true }), crun: found({ id: "web-2" }) },
      'Cannot tell which container "web" is meant: runc: web, crun: web-2; choose with --runtime runc or --runtime crun'
    ],
    ["nobody", "web", { runc: none, crun: none }, "No such container: web (asked: runc, crun)"],
    [
      "nobody, and one is dead",
      "web",
      { docker: dead, runc: none },
      "No such container: web (asked: runc); docker could not be asked: it is dead"
    ],
    [
      "all are dead",
      "web",
      { docker: dead, runc: dead },
      "Cannot ask any runtime for its containers: docker could not be asked: it is dead; runc could not be asked: it is dead"
    ]
  ])("refuses: %s", (_, reference, answers, message) => expect(decided(reference, answers)).toBe(`! ${message}`))

  it.each<[string, string, { readonly [R in RuntimeName]?: Answer }, string]>([
    ["the one that knows it, when all answer", "web", { docker: none, runc: found({ id: "web" }) }, "runc"],
    ["though another may not be asked", "web", { docker: barred, runc: found({ id: "web" }) }, "runc"],
    [
      "not when another is silent",
      "web",
      { docker: dead, containerd: barred, runc: found({ id: "web" }) },
      '! Cannot tell which container "web" is meant: runc: web; docker could not be asked: it is dead; ' +
      "choose with --runtime runc or --runtime docker"
    ],
    [
      "not by a whole id either, which one beneath a silent engine may have",
      id,
      { docker: dead, containerd: found({ id }) },
      `! Cannot tell which container "${id}" is meant: containerd: ${id}; docker could not be asked: it is dead; ` +
      "choose with --runtime containerd or --runtime docker"
    ],
    [
      "nobody, and one is silent",
      "web",
      { docker: dead, runc: none },
      "! No such container: web (asked: runc); docker could not be asked: it is dead"
    ]
  ])(
    "of what changes something: %s",
    (_, reference, answers, expected) => expect(decided(reference, answers, "change")).toBe(expected)
  )

  const name = fc.constantFrom("a", "ab", "abc", "b")
  const answer = fc.oneof(
    fc.constant(none),
    fc.constant(dead),
    fc.constant(barred),
    fc.record({ id: name, name: fc.option(name, { nil: undefined }) }).map(found)
  )
  it.prop("chooses none but one that has it, and no prefix where another has it whole", [
    name,
    fc.record({ docker: answer, runc: answer, crun: answer })
  ], ([reference, answers]) => {
    const chosen = decided(reference, answers)
    const whole = Object.entries(answers).filter(([, one]) =>
      one._tag === "Found" && [one.found.id, one.found.name].includes(reference)
    ).map(([runtime]) => runtime)
    const having = Object.entries(answers).filter(([, one]) => one._tag === "Found").map(([runtime]) => runtime)
    const pool = whole.length > 0 ? whole : having
    if (pool.length === 1) expect(chosen).toBe(pool[0])
    else expect(chosen).toMatch(pool.length === 0 ? /^! (No such container|Cannot ask any)/ : /^! Cannot tell/)
    // What changes something goes to no other, and only where all that may be asked have answered.
    const changed = decided(reference, answers, "change")
    if (Object.values(answers).includes(dead)) expect(changed).toMatch(/^! /)
    else expect(changed).toBe(chosen)
  })
})
