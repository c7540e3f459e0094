// Whether a folder is a checkpoint, whether it is whole, and what is shown of it.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Checkpoint from "../../src/domain/Checkpoint.ts"
import type { CheckpointRecord } from "../../src/domain/CheckpointConfig.ts"
import * as Config from "../../src/domain/CheckpointConfig.ts"
import * as CheckpointDirectory from "../../src/domain/CheckpointDirectory.ts"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"

const directory = Either.getOrThrow(CheckpointDirectory.parse("/srv/counter/checkpoints"))
const name = Either.getOrThrow(CheckpointName.parse("first"))

const read = (evidence: Checkpoint.Evidence) => Checkpoint.fromEvidence("counter", directory, name, evidence)

const text = (stasis: CheckpointRecord | undefined): Checkpoint.Evidence["config"] => ({
  _tag: "Text",
  text: Config.print({
    created: "2016-11-22T14:22:09Z",
    name: "first",
    tcp: true,
    unixSockets: false,
    shell: true,
    exit: false,
    emptyNS: ["network"],
    stasis
  })
})

const configs: Record<string, Checkpoint.Evidence["config"]> = {
  absent: { _tag: "Absent" },
  "of the seed": text(undefined),
  "of ours, published": text({ version: 1, published: true }),
  "of ours, not published": text({ version: 1, published: false }),
  "of ours, without a mark": text({ version: 1 }),
  "of a newer version, published": text({ version: 2, published: true }),
  "of a newer version, without a mark that reads": { _tag: "Text", text: '{"stasis":{"version":2,"published":"so"}}' },
  "a folder": { _tag: "Unreadable", reason: "config.json is not a plain file" },
  "empty": { _tag: "Text", text: "" },
  "truncated": { _tag: "Text", text: '{"created":"2016' },
  "of the wrong shape": { _tag: "Text", text: '{"tcp":"yes"}' }
}

const wrongShape = 'config.json has the wrong shape at "tcp": expected a boolean or null, found a string'

describe("Checkpoint.fromEvidence", () => {
  it.each<readonly [config: string, inventory: boolean, verdict: string]>([
    ["absent", false, "no checkpoint"],
    ["absent", true, "complete"],
    ["of the seed", false, "inventory.img is missing"],
    ["of the seed", true, "complete"],
    ["of ours, published", false, "inventory.img is missing"],
    ["of ours, published", true, "complete"],
    ["of ours, not published", false, "inventory.img is missing"],
    ["of ours, not published", true, "it was never published"],
    ["of ours, without a mark", false, "inventory.img is missing"],
    ["of ours, without a mark", true, "it was never published"],
    ["of a newer version, published", false, "inventory.img is missing"],
    ["of a newer version, published", true, "complete"],
    ["of a newer version, without a mark that reads", false, "inventory.img is missing"],
    ["of a newer version, without a mark that reads", true, "it was never published"],
    ["a folder", false, "config.json is not a plain file"],
    ["a folder", true, "config.json is not a plain file"],
    ["empty", false, "config.json is empty"],
    ["empty", true, "config.json is empty"],
    ["truncated", false, "config.json is not valid JSON"],
    ["truncated", true, "config.json is not valid JSON"],
    ["of the wrong shape", false, wrongShape],
    ["of the wrong shape", true, wrongShape]
  ])("with a config.json %s and an inventory %s: %s", (config, inventory, verdict) => {
    const checkpoint = read({ inventory, config: configs[config] ?? { _tag: "Absent" } })
    expect(checkpoint === undefined ? "no checkpoint" : checkpoint.damage ?? checkpoint.status).toBe(verdict)
    expect(checkpoint?.status).toBe(
      verdict === "no checkpoint" ? undefined : verdict === "complete" ? "complete" : "damaged"
    )
  })

  it("shows the seed's fields and where the checkpoint lies", () => {
    expect(read({ inventory: true, config: text(undefined) })).toStrictEqual({
      name: "first",
      container: "counter",
      directory: "/srv/counter/checkpoints",
      path: "/srv/counter/checkpoints/first",
      status: "complete",
      created: "2016-11-22T14:22:09Z",
      tcp: true,
      unixSockets: false,
      shell: true,
      exit: false,
      emptyNS: ["network"]
    })
  })

  it("shows what is known of one without a config.json, and of one that does not read", () => {
    const bare = {
      name: "first",
      container: "counter",
      directory: "/srv/counter/checkpoints",
      path: "/srv/counter/checkpoints/first",
      created: "",
      tcp: false,
      unixSockets: false,
      shell: false,
      exit: false,
      emptyNS: []
    }
    expect(read({ inventory: true, config: { _tag: "Absent" } })).toStrictEqual({ ...bare, status: "complete" })
    expect(read({ inventory: true, config: { _tag: "Text", text: "{" } })).toStrictEqual({
      ...bare,
      status: "damaged",
      damage: "config.json is not valid JSON"
    })
  })

  it("goes by the folder's name and by the container that was recorded", () => {
    const stasis = { version: 1, published: true, container: { id: "recorded", identity: "x" } }
    const config: Checkpoint.Evidence["config"] = {
      _tag: "Text",
      text: JSON.stringify({ name: "another", stasis })
    }
    expect(read({ inventory: true, config })).toMatchObject({ name: "first", container: "recorded", record: stasis })
    expect(read({ inventory: false, config })).toMatchObject({
      container: "recorded",
      record: stasis,
      status: "damaged"
    })
  })

  it.prop("never shows as complete what has no inventory or no config.json that reads", [
    FastCheck.boolean(),
    FastCheck.oneof(
      FastCheck.constantFrom(...Object.values(configs)),
      FastCheck.string({ unit: "binary" }).map((any) => ({ _tag: "Text" as const, text: any })),
      FastCheck.json().map((any) => ({ _tag: "Text" as const, text: any }))
    )
  ], ([inventory, config]) => {
    const checkpoint = read({ inventory, config })
    const reads = config._tag === "Absent" || (config._tag === "Text" && Either.isRight(Config.parse(config.text)))
    if (checkpoint?.status === "complete") expect(inventory && reads).toBe(true)
    else expect(checkpoint === undefined).toBe(!inventory && config._tag === "Absent")
    expect(checkpoint?.damage === undefined).toBe(checkpoint?.status !== "damaged")
  })
})

describe("Checkpoint.forgottenContainer", () => {
  const of = (stasis: CheckpointRecord | undefined) => {
    const checkpoint = read({ inventory: true, config: text(stasis) })
    return checkpoint === undefined ? undefined : Checkpoint.forgottenContainer(checkpoint)
  }

  it("is nobody where nothing was recorded", () => {
    expect(of(undefined)).toBeUndefined()
    expect(of({ version: 1, published: true })).toBeUndefined()
  })

  it("is the container as it was, without a process", () => {
    expect(of({ version: 1, container: { id: "a", identity: "b" } }))
      .toStrictEqual({ id: "a", identity: "b", labels: {}, state: "forgotten" })
    expect(of({
      version: 1,
      container: {
        id: "a",
        identity: "b",
        name: "c",
        image: "d",
        labels: { e: "f" },
        bundle: "/g",
        process: { pid: 1, startTime: 2 }
      }
    })).toStrictEqual({
      id: "a",
      identity: "b",
      name: "c",
      image: "d",
      labels: { e: "f" },
      bundle: "/g",
      state: "forgotten"
    })
  })
})

describe("Checkpoint.byName", () => {
  const names = FastCheck.string({ unit: FastCheck.constantFrom("a", "B", "0", "-", "."), maxLength: 4 })

  it("sorts by bytes: digits, capitals, small letters", () => {
    expect(
      ["b", "a-", "a", "B", "10", "9", "a.b", "a"].map((each) => ({ name: each })).sort(Checkpoint.byName)
        .map((each) => each.name)
    ).toEqual(["10", "9", "B", "a", "a", "a-", "a.b", "b"])
  })

  it.prop("is an order", [names, names], ([one, other]) => {
    const a = { name: one }
    const b = { name: other }
    expect(Checkpoint.byName(a, b) + Checkpoint.byName(b, a)).toBe(0)
    expect(Checkpoint.byName(a, b) === 0).toBe(one === other)
  })
})
