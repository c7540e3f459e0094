/**
 * containerd's API over its socket: one call in, one answer or one typed failure out.
 *
 * This file owns the connection. What a failure means for a container is for its callers.
 */
import { Buffer } from "node:buffer"
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import { type ContainerdSettings, runtimeName } from "./ContainerdSettings.ts"
import type { Method } from "./Services.ts"

/** containerd answered, and what it says is no. */
class CallFailed extends Data.TaggedError("CallFailed")<{
  readonly reason: "NotFound" | "AlreadyExists" | "Lost" | "Other"
  /** In containerd's words, on one line. */
  readonly detail: string
}> {}

/** What a call can fail with. */
export type CallError = CallFailed | RuntimeUnavailable

/** A connection that is there for as long as a call is under way: an idle one would keep a program from ending. */
export interface ContainerdClient {
  /** Waits for the answer, however long that takes. */
  readonly call: <I, O>(method: Method<I, O>, request: I) => Effect.Effect<O, CallError>
  /** Whether it has answered before: when it is away after that, it is being started anew. */
  readonly isKnown: () => boolean
}

/**
 * The same client, for calls that may be made again: while containerd is being started anew it asks again, for about twenty seconds.
 */
export const patient = ({ call, isKnown }: ContainerdClient): ContainerdClient => ({
  isKnown,
  call: (method, request) =>
    Effect.retry(call(method, request), { while: isAway, times: 80, schedule: Schedule.spaced("250 millis") })
})

/** Whether no answer came: what was asked for may go on, or not have been begun. */
export const isAway = (error: CallError): boolean =>
  error._tag === "CallFailed" ? error.reason === "Lost" : error.detail === noSocket || error.detail === noListener

/** A client of the containerd of a socket, which is connected to when it is called. */
export const make = (settings: ContainerdSettings): ContainerdClient => {
  let known = false
  let open: { readonly client: Client; users: number } | undefined
  const acquire = Effect.sync(() => {
    open ??= { client: new Client(`unix://${settings.socket}`, credentials.createInsecure(), channelOptions), users: 0 }
    open.users++
    return open
  })
  const release = (used: { readonly client: Client; users: number }) =>
    Effect.sync(() => {
      used.users--
      if (used.users > 0) return
      used.client.close()
      open = undefined
    })
  const answered = Effect.sync(() => {
    known = true
  })
  return {
    isKnown: () => known,
    call: (method, request) =>
      isNamespace(settings.namespace)
        ? Effect.zipLeft(
          Effect.acquireUseRelease(acquire, ({ client }) => call(settings, client, method, request), release),
          answered
        )
        : new RuntimeUnavailable({
          runtime: runtimeName,
          program: settings.socket,
          detail: `containerd has no namespace of the name "${settings.namespace}"`,
          remedy: "name one of at most 76 letters and digits, with single dots, dashes or underscores between them"
        })
  }
}

/** The names that containerd accepts (its `identifiers` package). */
const isNamespace = (name: string): boolean => name.length <= 76 && /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/.test(name)

const channelOptions = {
  // An authority is what gRPC makes of the target, and a path with slashes is none that every server takes.
  "grpc.default_authority": "localhost",
  "grpc.max_receive_message_length": -1,
  // Channels of the same target would else share what they know of it, a failure to connect included.
  "grpc.use_local_subchannel_pool": 1
}

const call = <I, O>(
  settings: ContainerdSettings,
  client: Client,
  method: Method<I, O>,
  request: I
): Effect.Effect<O, CallError> =>
  Effect.async<Uint8Array, CallError>((resume) => {
    const metadata = new Metadata()
    metadata.set("containerd-namespace", settings.namespace)
    const under = client.makeUnaryRequest(
      method.path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes) => bytes,
      method.write(request),
      metadata,
      (error, answer) =>
        resume(error === null ? Effect.succeed(answer ?? new Uint8Array()) : readError(settings, error))
    )
    return Effect.sync(() => under.cancel())
  }).pipe(
    Effect.flatMap((answer) =>
      Effect.try({
        try: () => method.read(answer),
        catch: () => new CallFailed({ reason: "Other", detail: `its answer to "${method.path}" cannot be read` })
      })
    )
  )

const readError = (settings: ContainerdSettings, error: ServiceError): CallError => {
  const detail = error.details.replaceAll("\n", ", ").trim()
  if (error.code !== status.UNAVAILABLE && !isCut(error)) {
    return new CallFailed({ reason: reasons[error.code] ?? "Other", detail })
  }
  const found = obstacles.find(({ code }) => detail.includes(code))
  return found === undefined
    ? new CallFailed({ reason: "Lost", detail: `the connection to containerd was lost (${detail})` })
    : new RuntimeUnavailable({
      runtime: runtimeName,
      program: settings.socket,
      detail: found.detail,
      remedy: found.remedy
    })
}

/** A call that ended without a word of the server's, or one of a server that had lost its shim. */
const isCut = ({ code, details }: ServiceError): boolean => code === status.CANCELLED || cut.test(details)

const cut =
  /ttrpc: closed|^Received RST_STREAM|^Received HTTP status|^No status information|^Call cancelled|^Write (?:error|failed)/

const reasons: Readonly<Record<number, CallFailed["reason"]>> = {
  [status.NOT_FOUND]: "NotFound",
  [status.ALREADY_EXISTS]: "AlreadyExists"
}

const start = "start containerd (Debian: apt-get install containerd), or name its socket (CONTAINERD_ADDRESS)"

const noSocket = "there is no such socket"
const noListener = "nobody listens on this socket"

const obstacles = [
  { code: "ENOENT", detail: noSocket, remedy: start },
  { code: "ECONNREFUSED", detail: noListener, remedy: start },
  {
    code: "EACCES",
    detail: "the right to write to this socket is missing",
    remedy: "run it as root, or as a member of the socket's group where that may write to it"
  },
  {
    code: "EPERM",
    detail: "the right to connect to this socket is missing",
    remedy: "run it as root, or with --allow-all in Deno"
  }
]
