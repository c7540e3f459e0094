// Whether a checkpoint can be restored over what is there, and what CRIU is asked for again.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { Checkpoint } from "../../src/domain/Checkpoint.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"
import { CreateOptions, criuOptions, RestoreOptions } from "../../src/domain/CheckpointOptions.ts"
import { type Container, ContainerState } from "../../src/domain/Container.ts"
import * as Restoration from "../../src/domain/Restoration.ts"

const container: Container = { id: "0123", state: "stopped", labels: {}, identity: "i" }

const checkpoint: Checkpoint = {
  name: "first",
  container: "0123",
  directory: "/srv/checkpoints",
  path: "/srv/checkpoints/first",
  status: "complete",
  created: "",
  tcp: false,
  unixSockets: false,
  shell: false,
  exit: false,
  emptyNS: []
}

const recorded = (identity: string): Checkpoint => ({
  ...checkpoint,
  record: { version: 1, published: true, container: { id: "0123", identity } }
})

const decide = (over: Partial<Container>, of: Checkpoint, options: RestoreOptions) =>
  Either.match(Restoration.decide({ ...container, ...over }, of, options), {
    onLeft: ({ _tag, message }) => ({ _tag, message }),
    onRight: (plan) => plan
  })

const plan = { replace: false, pause: false, options: {} }

describe("Restoration.decide", () => {
  it.each<readonly [Container["state"], without: "goes" | "refused", replacing: boolean]>([
    ["created", "goes", false],
    ["running", "refused", true],
    ["paused", "refused", true],
    ["restarting", "refused", true],
    ["stopped", "goes", false],
    ["forgotten", "goes", false]
  ])("over a container that is %s: %s, with replace rolled back: %s", (state, without, replace) => {
    expect(decide({ state, name: "web" }, checkpoint, {})).toEqual(
      without === "goes" ? plan : {
        _tag: "ContainerRunning",
        message: 'Cannot restore container "web": it is running, stop it first or restore with replace'
      }
    )
    expect(decide({ state }, checkpoint, { replace: true })).toEqual({ ...plan, replace, options: { replace: true } })
    expect(decide({ state }, checkpoint, { replace: false })).toEqual(
      without === "goes" ? { ...plan, options: { replace: false } } : {
        _tag: "ContainerRunning",
        message: 'Cannot restore container "0123": it is running, stop it first or restore with replace'
      }
    )
  })

  it("refuses a damaged checkpoint before anything else, and says why it is damaged", () => {
    const damaged: Checkpoint = { ...recorded("another"), status: "damaged", damage: "inventory.img is missing" }
    const refusal = {
      _tag: "CheckpointDamaged",
      message: 'Cannot restore checkpoint "first" of container "0123": it is damaged, inventory.img is missing ' +
        '(in "/srv/checkpoints/first")'
    }
    for (const state of ContainerState.literals) {
      expect(decide({ state }, damaged, {})).toEqual(refusal)
      expect(decide({ state }, damaged, { replace: true, oci: { bundle: "/b" } })).toEqual(refusal)
    }
    expect(decide({}, { ...checkpoint, status: "damaged" }, {})).toEqual({
      _tag: "CheckpointDamaged",
      message: 'Cannot restore checkpoint "first" of container "0123": it is damaged, for an unknown reason ' +
        '(in "/srv/checkpoints/first")'
    })
  })

  it.each<readonly [Container["state"], bundle: string | undefined, identity: string | undefined, verdict: string]>([
    ["stopped", undefined, "i", "goes"],
    ["stopped", undefined, undefined, "goes"],
    ["stopped", undefined, "another", "ContainerMismatch"],
    ["stopped", "/b", "another", "goes"],
    ["running", undefined, "another", "ContainerMismatch"],
    ["running", "/b", "another", "ContainerRunning"],
    ["forgotten", undefined, "another", "goes"],
    ["forgotten", "/b", "another", "goes"]
  ])("over one that is %s, into bundle %s, made of identity %s: %s", (state, bundle, identity, verdict) => {
    const options = bundle === undefined ? {} : { oci: { bundle } }
    const decided = decide({ state }, identity === undefined ? checkpoint : recorded(identity), options)
    expect("_tag" in decided ? decided._tag : "goes").toBe(verdict)
  })

  it("names both identities, and the container by its name where it has one", () => {
    const message = (name: string) =>
      `Cannot restore checkpoint "first" into container "${name}": it was made of another container of that id ` +
      "(another, now i), remove that container or name the bundle to restore into"
    expect(decide({}, recorded("another"), {})).toEqual({ _tag: "ContainerMismatch", message: message("0123") })
    expect(decide({ name: "web" }, recorded("another"), {})).toEqual({
      _tag: "ContainerMismatch",
      message: message("web")
    })
  })

  it("does not take a record without a container for a mismatch", () => {
    expect(decide({}, { ...checkpoint, record: { version: 1 } }, {})).toEqual(plan)
  })

  it.each([[true, true], [false, false], [undefined, false]])("of one paused %s pauses again: %s", (paused, pause) => {
    const record = { version: 1, ...(paused === undefined ? {} : { paused }) }
    expect(decide({}, { ...checkpoint, record }, {})).toEqual({ ...plan, pause })
  })
})

const seed: Checkpoint = { ...checkpoint, tcp: true, unixSockets: true, shell: true, emptyNS: ["network"] }
const seedAsks = { tcpEstablished: true, externalUnixSockets: true, shellJob: true, emptyNamespaces: ["network"] }

describe("Restoration.decide, the options", () => {
  const optionsOf = (of: Checkpoint, options: RestoreOptions) =>
    Either.map(Restoration.decide(container, of, options), (decided) => decided.options)

  it("asks again for what the seed's fields say", () => {
    expect(optionsOf(seed, {})).toEqual(Either.right(seedAsks))
    expect(optionsOf(checkpoint, {})).toEqual(Either.right({}))
  })

  it("asks again for what was recorded, rather than for what the seed's fields say", () => {
    const options: CreateOptions = {
      checkpointDir: "/elsewhere",
      wait: false,
      timeout: 5,
      leaveRunning: true,
      durability: "none",
      parentPath: Either.getOrThrow(CheckpointName.parse("base")),
      preDump: true,
      fileLocks: true,
      ghostLimit: 7
    }
    expect(optionsOf({ ...seed, record: { version: 1, options } }, {}))
      .toEqual(Either.right({ fileLocks: true, ghostLimit: 7 }))
  })

  it("lets the caller have the last word", () => {
    expect(optionsOf(seed, { tcpEstablished: false, emptyNamespaces: [], fileLocks: true, lazyPages: true }))
      .toEqual(
        Either.right({ ...seedAsks, tcpEstablished: false, emptyNamespaces: [], fileLocks: true, lazyPages: true })
      )
  })

  it("takes an option that is there without a value for one that is not there", () => {
    expect(
      Either.getOrUndefined(optionsOf(seed, { tcpEstablished: undefined, emptyNamespaces: undefined }))?.tcpEstablished
    )
      .toBe(true)
    expect(Either.getOrUndefined(optionsOf(seed, { emptyNamespaces: undefined }))?.emptyNamespaces).toEqual(["network"])
  })

  it.prop(
    "are the caller's, and the dump's where the caller says nothing",
    [CreateOptions, RestoreOptions],
    ([asked, options]) => {
      const merged = optionsOf({ ...seed, record: { version: 1, options: asked } }, options)
      expect(merged).toEqual(Either.right({
        ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
        ...criuOptions(asked),
        ...criuOptions(options)
      }))
    }
  )
})

describe("Restoration.requireWhole", () => {
  it("gives a whole one back", () => {
    expect(Restoration.requireWhole(checkpoint)).toEqual(Either.right(checkpoint))
    expect(Either.isLeft(Restoration.requireWhole({ ...checkpoint, status: "damaged" }))).toBe(true)
  })
})

describe("Restoration.safetyName", () => {
  const hex = FastCheck.string({ unit: FastCheck.constantFrom(..."0123456789abcdef"), minLength: 1, maxLength: 64 })
  const there = FastCheck.oneof(
    FastCheck.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/),
    FastCheck.tuple(FastCheck.integer({ min: 1, max: 200 }), FastCheck.integer({ min: 1, max: 54 }))
      .map(([letters, dots]) => "a".repeat(letters) + ".".repeat(dots))
  )

  it("says what it is for", () => {
    expect(Restoration.safetyName("first", "0f")).toBe("before-restore-0f-first")
  })

  it("does not end in a dot", () => {
    expect(Restoration.safetyName("first..", "0f")).toBe("before-restore-0f-first")
  })

  it.prop("is a name that can be made, of any checkpoint that is there", [there, hex], ([name, random]) => {
    const safety = Restoration.safetyName(name, random)
    expect(CheckpointName.isExisting(name)).toBe(true)
    expect(CheckpointName.parse(safety)).toEqual(Either.right(safety))
    expect(safety.startsWith(`before-restore-${random}`)).toBe(true)
  })
})
