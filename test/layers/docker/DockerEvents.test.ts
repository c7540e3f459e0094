import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import type { Event } from "../../../src/domain/Event.ts"
import { isSameCheckpoint } from "../../../src/layers/docker/DockerEvents.ts"
import { parse } from "../../../src/layers/docker/DockerEventStream.ts"

const event = (change: { ID?: string; Action?: string; millis?: number; beneath?: string } = {}): Event => ({
  Type: "container",
  Action: change.Action ?? "checkpoint",
  Actor: {
    ID: change.ID ?? "c0ffee",
    Attributes: { name: "web", ...(change.beneath === undefined ? {} : { beneath: change.beneath }) }
  },
  time: 1000,
  timeNano: 1_000_000_000_000 + (change.millis ?? 0) * 1e6
})

describe("isSameCheckpoint", () => {
  it.each<readonly [string, Parameters<typeof event>[0], boolean]>([
    ["that follows", { millis: 800 }, true],
    ["of the same millisecond, without its fraction", { millis: -0.9 }, true],
    ["from before", { millis: -2 }, false],
    ["that is too late", { millis: 5001 }, false],
    ["made past the daemon", { millis: 800, beneath: "runc" }, false],
    ["of another container", { millis: 800, ID: "decaf" }, false],
    ["that is a restore", { millis: 800, Action: "restore" }, false]
  ])("of one of ours %s", (_, ours, expected) => {
    expect(isSameCheckpoint(event(ours), event())).toBe(expected)
  })
})

describe("parse", () => {
  // As Docker 26.1.5 sent it.
  const line =
    '{"status":"pause","id":"bba8","from":"bb","Type":"container","Action":"pause","Actor":{"ID":"bba8","Attributes":' +
    '{"a":"b","image":"bb","name":"web"}},"scope":"local","time":1795527948,"timeNano":1795527948925952847}'

  it("reads a line of Docker's as an event of ours", () => {
    expect(parse(line)).toEqual(Option.some({
      Type: "container",
      Action: "pause",
      Actor: { ID: "bba8", Attributes: { a: "b", image: "bb", name: "web" } },
      time: 1795527948,
      timeNano: Number("1795527948925952847")
    }))
  })

  it.each([line.slice(1), line.replace('"container"', '"network"'), "{}", "null"])("reads no event in %s", (text) => {
    expect(parse(text)).toEqual(Option.none())
  })
})
