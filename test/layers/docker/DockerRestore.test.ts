// Against a daemon that is made up: what its answers to a start mean.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Checkpoint } from "../../../src/domain/Checkpoint.ts"
import * as DockerRestore from "../../../src/layers/docker/DockerRestore.ts"
import * as NodeDisk from "../../../src/layers/shared/NodeDisk.ts"
import { container, engineOf, id, inspected } from "./StubEngine.ts"

const disk = Layer.merge(NodeFileSystem.layer, NodeDisk.layer)

const checkpointIn = (directory: string): Checkpoint => ({
  name: "first",
  container: id,
  directory,
  path: `${directory}/first`,
  status: "complete",
  created: "",
  tcp: false,
  unixSockets: false,
  shell: false,
  exit: false,
  emptyNS: []
})

/** A restore that the daemon answers so, after CRIU has written this log. */
const restore = (status: number, log?: string) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-restore-`)),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const images = `${folder}/containers/${id}/checkpoints/first`
    mkdirSync(images, { recursive: true })
    const bundle = `${folder}/containerd/daemon/io.containerd.runtime.v2.task/moby/${id}`
    mkdirSync(bundle, { recursive: true })
    const post = () =>
      Effect.gen(function* () {
        if (log !== undefined) {
          writeFileSync(`${bundle}/restore.log`, log)
          // More often than it is looked for.
          yield* Effect.sleep(50)
        }
        return status
      })
    const engine = engineOf({ inspect: Effect.succeed(inspected()), post, home: `${folder}/home` })
    yield* DockerRestore.restore(engine, { ...container, root: `${folder}/containers/${id}`, state: "stopped" }, {
      checkpoint: checkpointIn(`${folder}/containers/${id}/checkpoints`),
      workPath: folder,
      after: "running",
      options: {},
      lease: { descriptors: [] },
      report: () => Effect.void
    })
  }).pipe(Effect.provide(disk))

it.scopedLive("is none where somebody else has started it meanwhile", () =>
  Effect.gen(function* () {
    expect((yield* Effect.flip(restore(304))).message).toBe(
      "Cannot restore container web: it was started by somebody else meanwhile"
    )
  }))

it.scopedLive("is none where CRIU says that it is not, whatever the daemon says", () =>
  Effect.gen(function* () {
    const log = "(00.1) Error (criu/x.c:1): Can't do\n(00.2) Error (criu/cr-restore.c:2536): Restoring FAILED.\n"
    expect(yield* Effect.flip(restore(204, log))).toMatchObject({ _tag: "RuntimeFailed", log: log.trimEnd() })
  }))

it.scopedLive("is one where CRIU says so, and where it says nothing", () =>
  Effect.gen(function* () {
    yield* restore(204, "(00.1) Restore finished successfully. Tasks resumed.\n")
    yield* restore(204)
  }))

it.effect("is refused of a container that is removed when its start fails", () =>
  Effect.gen(function* () {
    const engine = engineOf({ inspect: Effect.succeed(inspected({ HostConfig: { AutoRemove: true } })) })
    const checkpoint = checkpointIn("/no/such")
    expect(yield* Effect.flip(DockerRestore.checkRestore(engine, container, { checkpoint, options: {} })))
      .toMatchObject({
        _tag: "RuntimeFailed",
        reason: "Unsupported",
        hint: "make it anew without that (docker run --rm)"
      })
  }))
