/**
 * A container's specification: kept with each checkpoint, and read again from what containerd will restore it with; and the
 * bundle of a task, which tells runc where CRIU's configuration for the restore is.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { StorageFailed } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import * as OciSpec from "../shared/OciSpec.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { Streams } from "./Services.ts"

/** The specification's name beside the images: `config.json` is the checkpoint's own. */
const keptName = "spec.json"

/** The name beside the images of what the standard streams were connected to. */
const streamsName = "streams.json"

/** Keeps the specification of a task, and its streams, beside the images; gives the specification. */
export const keep = (
  bundle: string,
  streams: Streams,
  imagePath: string
): Effect.Effect<OciSpec.Spec | undefined, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const write = (path: string, text: string) =>
      Effect.mapError(fs.writeFileString(path, text, { mode: 0o600 }), storageFailed("write", path))
    yield* write(`${imagePath}/${streamsName}`, JSON.stringify(streams))
    const text = KernelFile.read(`${bundle}/config.json`)
    if (text === undefined) return undefined
    yield* write(`${imagePath}/${keptName}`, text)
    return Either.getOrUndefined(OciSpec.parse(text))
  })

/** The specification that was kept beside the images; `undefined` where there is none. */
export const keptSpec = (checkpointPath: string): OciSpec.Spec | undefined => {
  const text = KernelFile.read(`${checkpointPath}/${keptName}`)
  return text === undefined ? undefined : Either.getOrUndefined(OciSpec.parse(text))
}

/** The streams that were kept beside the images, as text; `undefined` where there are none. */
export const keptStreams = (checkpointPath: string): string | undefined =>
  KernelFile.read(`${checkpointPath}/${streamsName}`)

/**
 * Has runc give CRIU a configuration file at the restore of a task that was created and not started. The bundle is the task's own
 * and goes with it: what containerd keeps of the container stays as it is.
 */
export const configureCriu = (
  bundle: string,
  file: string
): Effect.Effect<void, StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${bundle}/config.json`
    const text = yield* Effect.mapError(fs.readFileString(path), storageFailed("read", path))
    yield* Effect.mapError(fs.writeFileString(path, annotate(text, file)), storageFailed("write", path))
  })

/**
 * A specification with the annotation by which runc finds CRIU's configuration (runc's `docs/checkpoint-restore.md`). It is put
 * behind the others as text: runc joins annotations that are there twice, and numbers of 64 bits do not live through a rewriting.
 */
export const annotate = (spec: string, file: string): string =>
  `${spec.trimEnd().replace(/\}$/, "")},${JSON.stringify({ annotations: { "org.criu.config": file } }).slice(1)}`
