// The layer of runc and crun as its configuration names it, where no container is needed.
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { Event, EventLog } from "stasis"
import * as Oci from "stasis/Oci"

it.scopedLive("keeps everything below STASIS_ROOT", () =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-oci-`)),
      (path) => Effect.sync(() => rmSync(path, { recursive: true }))
    )
    const provider = ConfigProvider.fromMap(
      new Map([["STASIS_ROOT", `${folder}/stasis`], ["STASIS_RUNTIME_ROOT", `${folder}/runc`]])
    )
    const event = Event.make("restore", { id: "c", state: "running", labels: {}, identity: "c" }, {}, 1000)
    yield* Effect.flatMap(EventLog.EventLog, (log) => log.append(event)).pipe(
      Effect.provide(Oci.layerConfig),
      Effect.withConfigProvider(provider)
    )
    expect(readdirSync(`${folder}/stasis/events`)).toContain("00000001.ndjson")
  }))
