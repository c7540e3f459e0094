/**
 * The way to the daemon: a unix socket, or TCP with or without TLS. A connection is made for each call, so a daemon
 * that was started again is no broken connection, and making one has a bound in time.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"
import { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { DockerSettings, DockerTls } from "./DockerSettings.ts"

/** The longest wait for a connection, and for the first sign of life on it. */
export const patience = Duration.seconds(10)

/** The longest wait for the whole of an answer that takes no work. */
export const answerPatience = Duration.seconds(30)

/** A client whose paths are the daemon's; what TLS needs is read from its folder. */
export const client = (settings: DockerSettings): Effect.Effect<HttpClient.HttpClient, RuntimeUnavailable> =>
  Effect.gen(function* () {
    const { address, tls } = settings
    const secrets = tls === undefined ? {} : yield* readSecrets(settings, tls)
    const base = address.kind === "unix"
      // A name of nothing: where there is a socket, no name is looked up.
      ? "http://docker.localhost"
      : `${tls === undefined ? "http" : "https"}://${address.host}:${address.port}`
    const agent: NodeHttpClient.HttpAgent = {
      [NodeHttpClient.HttpAgentTypeId]: NodeHttpClient.HttpAgentTypeId,
      http: settled(new Http.Agent(address.kind === "unix" ? onSocket(address.path) : { keepAlive: true })),
      https: settled(new Https.Agent({ ...secrets, keepAlive: true }))
    }
    const plain = yield* Effect.provideService(NodeHttpClient.make, NodeHttpClient.HttpAgent, agent)
    return HttpClient.mapRequest(plain, HttpClientRequest.prependUrl(base))
  })

/** An agent hands its options on to the connection; the types know `socketPath` as one of a request only. */
const onSocket = (socketPath: string): Http.AgentOptions => {
  const options: Http.AgentOptions & { readonly socketPath: string } = { socketPath, keepAlive: true }
  return options
}

/**
 * Ends what has not become a connection in time, and a connection after its answer. It is for us to end it: a daemon that is told to do
 * so does it before it has read a body that it has no use for, which may be taken for a failure.
 */
const settled = <A extends Http.Agent>(agent: A): A => {
  agent.keepSocketAlive = () => false
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback)
    if (!(socket instanceof Socket) || !socket.connecting) return socket
    const settle = () => socket.setTimeout(0)
    socket.setTimeout(Duration.toMillis(patience), () => socket.destroy(notConnected()))
    socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", settle)
    return socket
  }
  return agent
}

/** As the system says it, which waits far longer. */
const notConnected = (): Error => Object.assign(new Error("no connection came about in time"), { code: "ETIMEDOUT" })

const readSecrets = (
  settings: DockerSettings,
  { folder, verify = true }: DockerTls
): Effect.Effect<Https.AgentOptions, RuntimeUnavailable> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const read = (name: string) =>
      Effect.mapError(fs.readFileString(`${folder}/${name}`), (error) =>
        new RuntimeUnavailable({
          runtime: "docker",
          program: settings.host,
          detail: `"${folder}/${name}", which TLS needs, cannot be read (${
            error._tag === "SystemError" ? error.reason : "BadArgument"
          })`,
          remedy: "name a folder with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH"
        }))
    return {
      ca: yield* read("ca.pem"),
      cert: yield* read("cert.pem"),
      key: yield* read("key.pem"),
      rejectUnauthorized: verify
    }
  }).pipe(Effect.provide(NodeFileSystem.layer))
