/**
 * One daemon as the operations of this layer see it: what it knows of a container, and the runtime beneath it.
 *
 * It asks and does nothing; what a refusal of the daemon means is said here once.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { RuntimeFailed, type RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import { Runtime } from "../../effects/Runtime.ts"
import type { Beneath, Place } from "../shared/Beneath.ts"
import * as Shim from "../shared/Shim.ts"
import type { ApiError, DockerApi } from "./DockerApi.ts"
import { Inspected } from "./DockerContainers.ts"

/** The runtime's name, as records and errors show it. */
export const runtimeName = "docker"

/** The runtime beneath, as it is called past the daemon. */
export interface RuntimeBeneath {
  readonly name: Place["runtime"]
  readonly runtime: typeof Runtime.Service
}

/** One daemon. */
export interface DockerEngine {
  readonly api: typeof DockerApi.Service
  /** Where what is ours is kept of a container, beside what lies in the daemon's own root. */
  readonly homeOf: (container: Container) => string
  /** What the daemon knows of a container. */
  readonly inspect: (
    operation: RuntimeFailed["operation"],
    container: Container
  ) => Effect.Effect<Inspected, RuntimeFailed | RuntimeUnavailable>
  /** The runtime beneath a container that runs; none where it cannot be reached, or is none that is known. */
  readonly beneath: (container: Container) => Effect.Effect<Option.Option<RuntimeBeneath>>
}

/** The daemon behind an API; its runtimes are opened when they are needed, and closed with the scope. */
export const make = (
  api: typeof DockerApi.Service,
  homeOf: (container: Container) => string,
  beneath: Beneath | undefined
): Effect.Effect<DockerEngine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const opened = new Map<string, RuntimeBeneath>()
    const open = (hand: Beneath, place: Place) =>
      Effect.gen(function* () {
        const known = opened.get(place.root)
        if (known !== undefined) return known
        const context = yield* Layer.buildWithScope(hand(place), scope)
        const one = { name: place.runtime, runtime: Context.get(context, Runtime) }
        opened.set(place.root, one)
        return one
      })
    return {
      api,
      homeOf,
      inspect: (operation, container) =>
        Effect.mapError(api.get(Inspected, path(container, "json")), failed(operation, container)),
      beneath: (container) => {
        const place = container.process === undefined
          ? undefined
          : Option.getOrUndefined(Shim.above(container.process.pid, container.id))?.place
        return beneath === undefined || place === undefined ? Effect.succeedNone : Effect.asSome(open(beneath, place))
      }
    }
  })

/** The path of a container in the API. */
export const path = (container: Container, ...more: ReadonlyArray<string>): string =>
  ["", "containers", encodeURIComponent(container.id), ...more].join("/")

/** What it means that the daemon did not do what it was asked to do with a container. */
export const failed =
  (operation: RuntimeFailed["operation"], container: Container) =>
  (error: ApiError): RuntimeFailed | RuntimeUnavailable =>
    error._tag === "RuntimeUnavailable" ? error : refused(
      operation,
      container,
      error.status === 404 ? "ContainerGone" : error.status === 409 ? "Busy" : "Unknown",
      error.status === 404 ? "the Docker daemon does not know it" : `the Docker daemon says: ${error.message}`
    )

/** A failure of this layer. */
export const refused = (
  operation: RuntimeFailed["operation"],
  container: Container,
  reason: RuntimeFailed["reason"],
  detail: string,
  more: { readonly hint?: string | undefined; readonly log?: string | undefined } = {}
): RuntimeFailed =>
  new RuntimeFailed({
    operation,
    container: container.name ?? container.id,
    runtime: runtimeName,
    reason,
    detail,
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    ...(more.log === undefined || more.log === "" ? {} : { log: more.log })
  })
