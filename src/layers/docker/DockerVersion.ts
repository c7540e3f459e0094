/** Which version of the Engine API is spoken: the newest that both sides know. */
import * as Effect from "effect/Effect"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { ApiError, ApiFailed } from "./ApiFailed.ts"
import type { DockerSettings } from "./DockerSettings.ts"

/** The newest version that this client knows. */
const newest = "1.45"

/** The oldest version that has all that is asked for: the checkpoints, Docker 1.13. */
const oldest = "1.25"

/** The version to speak with a daemon that says that this is its newest. */
export const agree = (
  settings: DockerSettings,
  theirs: string | undefined
): Effect.Effect<string, RuntimeUnavailable> => {
  if (theirs === undefined || parse(theirs) === undefined) {
    return new RuntimeUnavailable({
      runtime: "docker",
      program: settings.host,
      detail: "what answers there does not say which version of Docker's API it speaks",
      remedy: "name the address of a Docker daemon"
    })
  }
  if (compare(theirs, oldest) < 0) {
    return new RuntimeUnavailable({
      runtime: "docker",
      program: settings.host,
      detail: `the Docker daemon speaks version ${theirs} of its API, which has no checkpoints`,
      remedy: "use Docker 1.13 or newer"
    })
  }
  return Effect.succeed(compare(theirs, newest) < 0 ? theirs : newest)
}

/** Whether a version comes before another one (negative), is the same (0) or comes after it; both are such as `1.45`. */
const compare = (a: string, b: string): number => {
  const [one, other] = [parse(a) ?? [0, 0], parse(b) ?? [0, 0]]
  return one[0] - other[0] || one[1] - other[1]
}

/** Whether the daemon refused the version and not the call. */
export const isRefused = (error: ApiError): error is ApiFailed =>
  error._tag === "ApiFailed" && error.status === 400 && /^client version \S+ is too (new|old)\b/.test(error.message)

const parse = (version: string): readonly [number, number] | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version) ?? []
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)]
}
