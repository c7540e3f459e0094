/** A daemon of one container that a test makes up, as the operations see it; no runtime is beneath it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Container } from "../../../src/domain/Container.ts"
import type { ApiError } from "../../../src/layers/docker/ApiFailed.ts"
import * as DockerContainers from "../../../src/layers/docker/DockerContainers.ts"
import type { DockerEngine } from "../../../src/layers/docker/DockerEngine.ts"

/** The id of the container. */
export const id = "a".repeat(64)

/** The container. */
export const container: Container = { id, name: "web", state: "running", labels: {}, identity: `docker ${id}` }

/** What it tells of the container: `State` and `HostConfig` are added to, all else is taken as it is. */
export const inspected = (
  { HostConfig = {}, State = {}, ...more }: {
    readonly State?: object
    readonly HostConfig?: object
    readonly [other: string]: unknown
  } = {}
): DockerContainers.Inspected =>
  Schema.decodeUnknownSync(DockerContainers.Inspected)({
    Id: id,
    Name: "/web",
    Created: "2026-11-24T13:45:47Z",
    Image: "sha256:0",
    Config: {},
    State: { Status: "running", Running: true, Pid: 1, ExitCode: 0, ...State },
    HostConfig,
    ...more
  })

/** What it tells when it is asked, what it answers to a POST, and where what is ours lies. */
export interface Stub {
  readonly inspect: Effect.Effect<DockerContainers.Inspected>
  readonly post?: (path: string) => Effect.Effect<number, ApiError>
  readonly home?: string
}

/** A daemon of it. */
export const engineOf = (
  { home = "/no/such/home", inspect, post = () => Effect.succeed(204) }: Stub
): DockerEngine => ({
  api: {
    get: () => Effect.dieMessage("nothing else is asked"),
    post: (path) => post(path),
    postAtLength: (path) => post(path),
    remove: () => Effect.void,
    lines: () => Stream.empty
  },
  homeOf: () => home,
  inspect: () => inspect,
  beneath: () => Effect.succeed(Option.none())
})
