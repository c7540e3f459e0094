/**
 * Where the Docker daemon is reached, and where what is ours is kept.
 *
 * It reads addresses as Docker's own client does (`DOCKER_HOST`), and connects to nothing.
 */
import * as Either from "effect/Either"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"

/** How the daemon is reached. */
export interface DockerConnection {
  /** Its address as Docker's client writes it: `unix:///path` or `tcp://host:port`; Docker's usual socket when absent. */
  readonly host?: string | undefined
  /** For an address that begins with `tcp:`: speak TLS. */
  readonly tls?: DockerTls | undefined
  /** Where checkpoints in folders of ours, and events, are kept; `/var/lib/stasis` when absent. */
  readonly stasisRoot?: string | undefined
}

/** What TLS is spoken with, as Docker's client keeps it (`DOCKER_CERT_PATH`, `DOCKER_TLS_VERIFY`). */
export interface DockerTls {
  /** A folder that holds `ca.pem`, `cert.pem` and `key.pem`. */
  readonly folder: string
  /** Whether the daemon's certificate has to be of that `ca.pem`; yes when absent. */
  readonly verify?: boolean | undefined
}

/** Where the daemon listens. */
export type DockerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }

/** The same, completed. */
export interface DockerSettings {
  /** As it was given, for messages. */
  readonly host: string
  readonly address: DockerAddress
  readonly tls: DockerTls | undefined
  readonly stasisRoot: string
}

/** Docker's usual socket. */
export const defaultHost = "unix:///var/run/docker.sock"

/** Completes a configuration; an address that cannot be one is a `RuntimeUnavailable` that says how to write it. */
export const complete = (config: DockerConnection): Either.Either<DockerSettings, RuntimeUnavailable> => {
  const host = config.host === undefined || config.host === "" ? defaultHost : config.host
  return Either.map(parseHost(host, config.tls !== undefined), (address) => ({
    host,
    address,
    tls: address.kind === "tcp" ? config.tls : undefined,
    stasisRoot: config.stasisRoot ?? "/var/lib/stasis"
  }))
}

/** Reads an address. Without a port it is Docker's registered one: 2375, with TLS 2376. */
export const parseHost = (host: string, isTls: boolean): Either.Either<DockerAddress, RuntimeUnavailable> => {
  const refuse = (detail: string) => Either.left(malformed(host, detail))
  const [, scheme, rest = ""] = /^([a-z]+):\/\/(.*)$/s.exec(host) ?? []
  switch (scheme) {
    case undefined:
      return refuse("it does not say how the daemon is reached")
    case "unix":
      if (!rest.startsWith("/")) return refuse("the path of the socket is not absolute")
      return rest.includes("\0")
        ? refuse("the path of the socket contains a NUL character")
        : Either.right({ kind: "unix", path: rest })
    case "tcp": {
      const [, name, port] = /^(\[[0-9A-Fa-f:.]+\]|[^[\]:/?#@\s]+)(?::(\d{1,5}))?\/?$/.exec(rest) ?? []
      if (name === undefined) return refuse("it is not a host and a port")
      const number = port === undefined ? (isTls ? 2376 : 2375) : Number(port)
      return number < 1 || number > 65_535
        ? refuse(`there is no port ${port}`)
        : Either.right({ kind: "tcp", host: name, port: number })
    }
    default:
      return refuse(`"${scheme}" is no way to reach a daemon that is known here`)
  }
}

const malformed = (host: string, detail: string): RuntimeUnavailable =>
  new RuntimeUnavailable({
    runtime: "docker",
    program: host,
    detail,
    remedy: 'write the address of the Docker daemon as "unix:///path/of/the/socket" or "tcp://host:port"'
  })
