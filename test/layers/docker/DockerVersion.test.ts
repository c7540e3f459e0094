import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ApiFailed } from "../../../src/layers/docker/ApiFailed.ts"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"
import * as DockerVersion from "../../../src/layers/docker/DockerVersion.ts"

const agree = (theirs: string | undefined) =>
  Effect.flatMap(DockerSettings.complete({}), (settings) => DockerVersion.agree(settings, theirs))

describe("agree", () => {
  it.effect.each([["1.45", "1.45"], ["1.51", "1.45"], ["2.0", "1.45"], ["1.44", "1.44"], ["1.25", "1.25"]])(
    "speaks with one of %s in %s",
    ([theirs, spoken]) => Effect.map(agree(theirs), (version) => expect(version).toBe(spoken))
  )

  it.effect.each<readonly [string | undefined, string]>([
    ["1.24", "the Docker daemon speaks version 1.24 of its API, which has no checkpoints; use Docker 1.13 or newer"],
    ["1.9", "the Docker daemon speaks version 1.9 of its API, which has no checkpoints; use Docker 1.13 or newer"],
    [
      undefined,
      "what answers there does not say which version of Docker's API it speaks; name the address of a Docker daemon"
    ],
    [
      "latest",
      "what answers there does not say which version of Docker's API it speaks; name the address of a Docker daemon"
    ]
  ])(
    "refuses %s",
    ([theirs, reason]) =>
      Effect.map(
        Effect.flip(agree(theirs)),
        ({ message }) => expect(message).toBe(`Cannot use "unix:///var/run/docker.sock": ${reason}`)
      )
  )
})

it("tells a version that is refused from a call that is", () => {
  const refused = (status: number, message: string) => DockerVersion.isRefused(new ApiFailed({ status, message }))
  expect(refused(400, "client version 1.99 is too new. Maximum supported API version is 1.45")).toBe(true)
  expect(refused(400, "client version 1.10 is too old. Minimum supported API version is 1.24")).toBe(true)
  expect(refused(400, "invalid checkpoint name")).toBe(false)
  expect(refused(404, "client version 1.10 is too old.")).toBe(false)
})
