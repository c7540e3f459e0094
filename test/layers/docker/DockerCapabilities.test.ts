import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Capabilities from "../../../src/domain/Capabilities.ts"
import { RuntimeUnavailable } from "../../../src/domain/CheckpointError.ts"
import { Runtime } from "../../../src/effects/Runtime.ts"
import * as DockerApi from "../../../src/layers/docker/DockerApi.ts"
import * as DockerCapabilities from "../../../src/layers/docker/DockerCapabilities.ts"
import * as DockerRuntime from "../../../src/layers/docker/DockerRuntime.ts"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import * as Oci from "../../../src/layers/oci/Oci.ts"
import { engineOf, inspected } from "./StubEngine.ts"

const info = {
  ID: "x",
  DockerRootDir: "/",
  DefaultRuntime: "runc",
  ServerVersion: "26.1.5",
  ExperimentalBuild: true,
  Driver: "overlay2"
}

/** A daemon that tells this of itself, or is not there. */
const apiOf = (there: () => boolean): typeof DockerApi.DockerApi.Service => ({
  ...engineOf({ inspect: Effect.succeed(inspected()) }).api,
  get: (schema) =>
    Effect.suspend(() =>
      there()
        ? Effect.orDie(Schema.decodeUnknown(schema)(info))
        : new RuntimeUnavailable({ runtime: "docker", program: "x", detail: "it is not there", remedy: "start it" })
    )
})

it.effect("that the usual runtime is missing limits, and keeps no container of another one from being checkpointed", () =>
  Effect.gen(function* () {
    const beneath = Context.get(
      yield* Layer.build(Oci.beneath({ runtime: "runc", program: "no-such-runc", root: "/no/such" })),
      Runtime
    )
    const { findings } = yield* DockerCapabilities.probe(apiOf(() => true), beneath)
    expect(findings.find(({ subject }) => subject === "runc")).toMatchObject({ verdict: "limited" })
  }).pipe(Effect.scoped))

it.effect("that the daemon was not there is not kept for ever", () =>
  Effect.gen(function* () {
    let asked = 0
    const api = apiOf(() => ++asked > 1)
    const runtime = yield* Effect.provide(
      Runtime,
      DockerRuntime.layer({ host: "x", home: { root: "/no/such", scope: "docker" }, beneath: undefined }).pipe(
        Layer.provide(Layer.mergeAll(Layer.succeed(DockerApi.DockerApi, api), NodeFileSystem.layer, NodeDisk.layer))
      )
    )
    expect(Capabilities.isAble(yield* runtime.capabilities)).toBe(false)
    const { findings } = yield* runtime.capabilities
    expect(findings[0]).toMatchObject({ subject: "docker", verdict: "ok" })
    // Whether it is kept is a matter of what else is there: the daemon's files are root's.
    if (findings.every(({ verdict }) => verdict !== "missing")) {
      yield* runtime.capabilities
      expect(asked).toBe(2)
    }
  }))
