/**
 * What the Docker daemon tells of itself: its root, its runtimes, which version it is.
 *
 * Source: Docker Engine API v1.45, `SystemInfo`.
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ApiError, DockerApi } from "./DockerApi.ts"

/** What the daemon tells of itself (`GET /info`). */
export const Info = Schema.Struct({
  /** The same for as long as the daemon keeps its root. */
  ID: Schema.String,
  /** Where it keeps everything, a path of the daemon's machine. */
  DockerRootDir: Schema.String,
  /** Those that containers can be run by; without a path where a shim of its own is one. */
  Runtimes: Schema.optionalWith(
    Schema.Record({
      key: Schema.String,
      value: Schema.Struct({ path: Schema.optionalWith(Schema.String, { nullable: true }) })
    }),
    { nullable: true, default: () => ({}) }
  ),
  DefaultRuntime: Schema.String,
  /** Such as `26.1.5+dfsg1`. */
  ServerVersion: Schema.String,
  /** Whether it does what is experimental, checkpoints being part of that. */
  ExperimentalBuild: Schema.Boolean,
  /** What keeps images and the files of containers, e.g. `overlay2`. */
  Driver: Schema.String
})
/** What the daemon tells of itself. */
export type Info = typeof Info.Type

/** Asks the daemon. */
export const read = (api: typeof DockerApi.Service): Effect.Effect<Info, ApiError> => api.get(Info, "/info")
