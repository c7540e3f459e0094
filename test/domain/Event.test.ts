// Events in Docker's shape, their lines, and who wants which.
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import type { Container } from "../../src/domain/Container.ts"
import * as Event from "../../src/domain/Event.ts"

const container: Container = { id: "0123", state: "running", labels: {}, identity: "i" }

const at = 1_479_824_529_123

describe("Event.make", () => {
  it("has the shape of Docker's event stream", () => {
    const labelled = { ...container, name: "web", image: "busybox:1", labels: { tier: "front" } }
    const attributes = { checkpoint: "first", checkpointDir: "/srv", exit: true, bytes: 5, frozenMicros: 0 }
    expect(Event.make("checkpoint", labelled, attributes, at)).toStrictEqual({
      Type: "container",
      Action: "checkpoint",
      Actor: {
        ID: "0123",
        Attributes: {
          tier: "front",
          image: "busybox:1",
          name: "web",
          checkpoint: "first",
          checkpointDir: "/srv",
          exit: "true",
          bytes: "5",
          frozenMicros: "0"
        }
      },
      time: 1_479_824_529,
      timeNano: 1_479_824_529_123_000_000
    })
  })

  it("leaves out what is not known, and calls a container without a name by its id", () => {
    expect(Event.make("restore", container, { checkpoint: "first", bytes: undefined }, 0)).toStrictEqual({
      Type: "container",
      Action: "restore",
      Actor: { ID: "0123", Attributes: { name: "0123", checkpoint: "first" } },
      time: 0,
      timeNano: 0
    })
  })

  it("lets no label hide what the event says", () => {
    const labels = { checkpoint: "label", name: "label", image: "label", other: "label" }
    expect(
      Event.make("checkpoint", { ...container, image: "busybox", labels }, { checkpoint: "first" }, at).Actor.Attributes
    )
      .toStrictEqual({ checkpoint: "first", name: "0123", image: "busybox", other: "label" })
  })

  it.prop("says the same time twice", [FastCheck.integer({ min: 0, max: 4_102_444_800_000 })], ([milliseconds]) => {
    const event = Event.make("checkpoint", container, {}, milliseconds)
    expect(Number.isSafeInteger(event.time)).toBe(true)
    expect(milliseconds - event.time * 1000 >= 0 && milliseconds - event.time * 1000 < 1000).toBe(true)
    expect(Math.round(event.timeNano / 1_000_000)).toBe(milliseconds)
  })

  const word = FastCheck.string({ unit: "binary" }).filter((key) => key !== "__proto__")

  it.prop("is read back from its line, which is one line", [
    FastCheck.constantFrom(...Event.Action.literals),
    FastCheck.dictionary(word, word),
    FastCheck.dictionary(word, FastCheck.oneof(word, FastCheck.integer(), FastCheck.boolean())),
    FastCheck.integer({ min: 0, max: 4_102_444_800_000 })
  ], ([action, labels, attributes, milliseconds]) => {
    const event = Event.make(action, { ...container, labels }, attributes, milliseconds)
    const line = Schema.encodeSync(Event.EventLine)(event)
    expect(line.includes("\n")).toBe(false)
    expect(Schema.decodeSync(Event.EventLine)(line)).toEqual(event)
  })

  it.each([
    ["a cut line", '{"Type":"container","Act'],
    ["an empty line", ""],
    [
      "an event of another kind",
      '{"Type":"image","Action":"pull","Actor":{"ID":"a","Attributes":{}},"time":1,"timeNano":1}'
    ],
    ["an event without an actor", '{"Type":"container","Action":"checkpoint","time":1,"timeNano":1}']
  ])("does not read %s", (_, line) => {
    expect(Schema.decodeUnknownEither(Event.EventLine)(line)._tag).toBe("Left")
  })

  it("reads actions that nobody knows yet", () => {
    const line = '{"Type":"container","Action":"kept","Actor":{"ID":"a","Attributes":{}},"time":1,"timeNano":1}'
    expect(Schema.decodeSync(Event.EventLine)(line).Action).toBe("kept")
  })
})

const event = Event.make("checkpoint", { ...container, name: "web" }, {}, at)

describe("Event.matches", () => {
  it.each<readonly [why: string, filter: Event.EventFilter, wanted: boolean]>([
    ["nothing asked", {}, true],
    ["its id", { container: "0123" }, true],
    ["its name", { container: "web" }, true],
    ["part of its id", { container: "012" }, false],
    ["another container", { container: "db" }, false],
    ["its action", { actions: ["restore", "checkpoint"] }, true],
    ["other actions", { actions: ["restore"] }, false],
    ["no action", { actions: [] }, false],
    ["since the second before", { since: 1_479_824_528 }, true],
    ["since its second", { since: 1_479_824_529 }, true],
    ["since the second after", { since: 1_479_824_530 }, false],
    ["until the second before", { until: 1_479_824_528 }, false],
    ["until its second", { until: 1_479_824_529 }, true],
    ["until the second after", { until: 1_479_824_530 }, true],
    ["all of it", { container: "web", actions: ["checkpoint"], since: 0, until: 1_479_824_529 }, true],
    ["all but the container", { container: "db", actions: ["checkpoint"], since: 0 }, false],
    ["all but the action", { container: "web", actions: ["restore"], since: 0 }, false],
    ["all but the beginning", { container: "web", actions: ["checkpoint"], since: 1_479_824_530 }, false],
    ["all but the end", { container: "web", actions: ["checkpoint"], until: 0 }, false]
  ])("with %s", (_, filter, wanted) => {
    expect(Event.matches(event, filter)).toBe(wanted)
  })
})
