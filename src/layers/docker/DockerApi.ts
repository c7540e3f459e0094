/**
 * Docker's Engine API over HTTP: a version that both sides know, plain calls, and lines of JSON as they come.
 *
 * It knows no container: what a path means, and what a refusal means to the caller, is for those who ask.
 * Source: Docker Engine API v1.45.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type { HttpClientResponse } from "@effect/platform/HttpClientResponse"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import { type ApiError, ApiFailed } from "./ApiFailed.ts"
import * as DockerHttp from "./DockerHttp.ts"
import * as DockerRefusal from "./DockerRefusal.ts"
import type { DockerSettings } from "./DockerSettings.ts"
import * as DockerVersion from "./DockerVersion.ts"

export type { ApiError } from "./ApiFailed.ts"

/** What is asked for beyond the path; what is `undefined` is left out. */
export type Query = Readonly<Record<string, string | undefined>>

/**
 * The daemon's API. A path is what comes behind the version, such as `/containers/json`. A call ends within thirty seconds, as
 * `RuntimeUnavailable` where the daemon does not answer, but for {@link lines} and {@link postAtLength}; for these, connecting has a bound.
 * An interruption ends the request.
 */
export class DockerApi extends Context.Tag("stasis/DockerApi")<DockerApi, {
  /** GET: what is there, read by a schema. */
  readonly get: <A, I>(schema: Schema.Schema<A, I>, path: string, query?: Query) => Effect.Effect<A, ApiError>
  /**
   * POST: has something done, with a body of JSON where there is one. That it was so already (304) counts as done; the status tells.
   */
  readonly post: (path: string, query?: Query, body?: unknown) => Effect.Effect<number, ApiError>
  /** The same for what takes as long as there is memory to be copied: a checkpoint, or a start from one. */
  readonly postAtLength: (path: string, query?: Query, body?: unknown) => Effect.Effect<number, ApiError>
  /** DELETE. */
  readonly remove: (path: string, query?: Query) => Effect.Effect<void, ApiError>
  /** GET: the lines of an answer as they come; it ends when the daemon ends it. Closing the stream ends the request. */
  readonly lines: (path: string, query?: Query) => Stream.Stream<string, ApiError>
}>() {}

/** The API of the daemon at an address. Nothing is connected to before the first call. In Deno it needs `--allow-all`. */
export const layer = (settings: DockerSettings): Layer.Layer<DockerApi> => Layer.effect(DockerApi, make(settings))

/** No daemon, for the same reason whatever is asked. */
export const unreachable = (reason: RuntimeUnavailable): Layer.Layer<DockerApi> =>
  Layer.succeed(DockerApi, {
    get: () => reason,
    post: () => reason,
    postAtLength: () => reason,
    remove: () => reason,
    lines: () => Stream.fail(reason)
  })

/** The same as a value. */
export const make = (settings: DockerSettings): Effect.Effect<typeof DockerApi.Service> =>
  Effect.gen(function* () {
    const agreed = yield* Ref.make(Option.none<Agreed>())

    const send = (client: HttpClient.HttpClient, method: HttpMethod, path: string, query: Query, body?: unknown) =>
      client.execute(
        HttpClientRequest.make(method)(path, {
          urlParams: query,
          ...(body === undefined ? {} : { headers: { "content-type": "application/json" } })
        }).pipe(body === undefined ? (request) => request : HttpClientRequest.bodyUnsafeJson(body))
      ).pipe(
        Effect.mapError(lost(settings)),
        // Deno throws where it does not let a program connect to a socket.
        Effect.catchSomeDefect((defect) =>
          DockerRefusal.isForbiddenByHost(defect)
            ? Option.some(Effect.fail(DockerRefusal.fromCause(settings, defect)))
            : Option.none()
        )
      )

    const agree = Effect.gen(function* () {
      const client = yield* DockerHttp.client(settings)
      const answer = yield* send(client, "GET", "/_ping", {})
      yield* Effect.mapError(accept(settings, answer), (failed) =>
        failed._tag === "ApiFailed" ? DockerRefusal.notDocker(settings, failed) : failed)
      yield* drain(settings, answer)
      const version = yield* DockerVersion.agree(settings, answer.headers["api-version"])
      yield* Ref.set(agreed, Option.some({ client, version }))
      return { client, version }
    }).pipe(Effect.timeoutFail({
      duration: DockerHttp.patience,
      onTimeout: () =>
        DockerRefusal.silent(settings)
    }))

    const call = (method: HttpMethod, path: string, query: Query, body?: unknown) =>
      Effect.gen(function* () {
        const known = yield* Ref.get(agreed)
        const { client, version } = Option.isSome(known) ? known.value : yield* agree
        const answer = yield* send(client, method, `/v${version}${path}`, query, body)
        return yield* accept(settings, answer)
      })

    /** A daemon that was exchanged for another one meanwhile may not know the version that was agreed upon. */
    const request = (method: HttpMethod, path: string, query: Query = {}, body?: unknown) =>
      Effect.catchIf(call(method, path, query, body), DockerVersion.isRefused, () =>
        Effect.zipRight(
          Ref.set(agreed, Option.none()),
          Effect.mapError(call(method, path, query, body), (failed) =>
            DockerVersion.isRefused(failed) ? DockerRefusal.notDocker(settings, failed) : failed)
        ))

    const whole = (method: HttpMethod, path: string, query?: Query, body?: unknown) =>
      Effect.flatMap(
        request(method, path, query, body),
        (answer) => Effect.map(text(settings, answer), (said) => [answer.status, said] as const)
      )

    const within = Effect.timeoutFail({
      duration: DockerHttp.answerPatience,
      onTimeout: () => DockerRefusal.unanswered(settings, DockerHttp.answerPatience)
    })

    const statusOf = ([status]: readonly [number, string]) => status

    return {
      get: (schema, path, query) =>
        within(whole("GET", path, query)).pipe(
          Effect.flatMap(([status, body]) =>
            Effect.mapError(Schema.decode(Schema.parseJson(schema))(body), (error) =>
              new ApiFailed({ status, message: `what it tells of "${path}" cannot be read (${unread(error)})` }))
          )
        ),
      post: (path, query, body) => Effect.map(within(whole("POST", path, query, body)), statusOf),
      postAtLength: (path, query, body) => Effect.map(whole("POST", path, query, body), statusOf),
      remove: (path, query) => Effect.asVoid(within(whole("DELETE", path, query))),
      lines: (path, query) =>
        Stream.unwrap(Effect.map(request("GET", path, query), (answer) =>
          answer.stream.pipe(
            Stream.mapError(lost(settings)),
            Stream.decodeText(),
            Stream.splitLines,
            Stream.filter((line) => line.trim() !== "")
          )))
    }
  })

/** How a daemon is spoken with. */
interface Agreed {
  readonly client: HttpClient.HttpClient
  readonly version: string
}

/** Lets through what the daemon has done, and fails with what it says otherwise. */
const accept = (
  settings: DockerSettings,
  answer: HttpClientResponse
): Effect.Effect<HttpClientResponse, ApiError> =>
  (answer.status >= 200 && answer.status < 300) || answer.status === 304
    ? Effect.succeed(answer)
    : Effect.flatMap(text(settings, answer), (body) =>
      new ApiFailed({ status: answer.status, message: reasonOf(answer.status, body) }))

/** The whole answer, so that its connection is done with; the words of it do not matter. */
const drain = (settings: DockerSettings, answer: HttpClientResponse) => Effect.asVoid(text(settings, answer))

const text = (settings: DockerSettings, answer: HttpClientResponse): Effect.Effect<string, RuntimeUnavailable> =>
  Effect.mapError(answer.text, lost(settings))

const lost = (settings: DockerSettings) => (error: HttpClientError): RuntimeUnavailable =>
  DockerRefusal.fromCause(settings, "cause" in error ? error.cause : error)

/** What is not as the schema has it, and where, in one line. */
const unread = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path, message }) => `${path.join(".")}: ${message}`).join(
    ", "
  )

const Refusal = Schema.parseJson(Schema.Struct({ message: Schema.String }))

const reasonOf = (status: number, body: string): string =>
  Option.match(Schema.decodeOption(Refusal)(body), {
    onNone: () => body.trim() === "" ? `status ${status}` : body.trim(),
    onSome: ({ message }) => message.trim()
  })
