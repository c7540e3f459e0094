/**
 * Why the daemon cannot be spoken with, in words for a person: what is missing, and what to do about it.
 *
 * It looks at the socket's owner and connects to nothing.
 */
import * as Duration from "effect/Duration"
import { RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import * as KernelFile from "../shared/KernelFile.ts"
import type { ApiFailed } from "./ApiFailed.ts"
import type { DockerSettings } from "./DockerSettings.ts"

/** What a failed request means; `cause` is what the host's networking gave as the reason. */
export const fromCause = (settings: DockerSettings, cause: unknown): RuntimeUnavailable => {
  const code = codeOf(cause)
  const refuse = (detail: string, remedy: string) => refusal(settings, detail, remedy)
  switch (code) {
    case "ENOENT":
      return refuse("there is no such socket", isThere)
    case "ECONNREFUSED":
      return refuse("nothing listens there", isThere)
    case "EACCES":
    case "EPERM":
      return forbidden(settings)
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return refuse("there is no such host", "look at the address in DOCKER_HOST")
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return refuse("it cannot be reached", "look at the address in DOCKER_HOST and at the way there")
    case "ECONNRESET":
    case "EPIPE":
      return refuse(
        "the connection ended before the answer",
        "look whether the Docker daemon still runs, and what came of the call"
      )
    case "NotCapable":
      return refuse("Deno does not let this program connect to it", "run it with --allow-all")
    default:
      return settings.tls === undefined
        ? refuse(textOf(cause), "look whether that is the address of a Docker daemon")
        : refuse(
          `TLS failed (${textOf(cause)})`,
          `look whether the certificates in "${settings.tls.folder}" are those of this daemon, and whether it speaks TLS`
        )
  }
}

/** Whether this is what Deno says where a program has not got the permission for something. */
export const isForbiddenByHost = (cause: unknown): boolean => codeOf(cause) === "NotCapable"

/** It took the connection and says nothing. */
export const silent = (settings: DockerSettings): RuntimeUnavailable =>
  refusal(settings, "the Docker daemon does not answer", "look whether it hangs, and start it again")

/** It was asked, and has not answered in this time; what it was asked to do may be done yet. */
export const unanswered = (settings: DockerSettings, within: Duration.Duration): RuntimeUnavailable =>
  refusal(
    settings,
    `the Docker daemon did not answer within ${Duration.toSeconds(within)} seconds`,
    "look whether it hangs, and what came of the call"
  )

/** What answers does not answer as a daemon that can be worked with does. */
export const notDocker = (settings: DockerSettings, failed: ApiFailed): RuntimeUnavailable =>
  refusal(
    settings,
    `what answers there refuses it (${failed.message})`,
    /HTTPS/.test(failed.message)
      ? "speak TLS with it: set DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"
      : "name the address of a Docker daemon of a version that works with this one"
  )

const isThere = "start the Docker daemon, or name its address in DOCKER_HOST"

const forbidden = (settings: DockerSettings): RuntimeUnavailable => {
  const group = settings.address.kind === "unix" ? groupOf(settings.address.path) : undefined
  return refusal(
    settings,
    "permission to connect to it is missing",
    group === undefined
      ? "run it as root, or as a user who may reach the socket"
      : `run it as root, or as a member of the group that owns the socket (${group})`
  )
}

/** The group that may write to a socket, by its name where it has one; `undefined` when that is root's or cannot be seen. */
const groupOf = (path: string): string | undefined => {
  const found = KernelFile.inode(path)
  if (found === undefined || (found.mode & 0o020) === 0 || found.gid === 0) return undefined
  const entry = (KernelFile.read("/etc/group") ?? "").split("\n").map((line) => line.split(":")).find(([, , gid]) =>
    gid === String(found.gid)
  )
  return entry?.[0] ?? `id ${found.gid}`
}

const refusal = (settings: DockerSettings, detail: string, remedy: string): RuntimeUnavailable =>
  new RuntimeUnavailable({ runtime: "docker", program: settings.host, detail, remedy })

const codeOf = (cause: unknown): string | undefined => {
  if (typeof cause !== "object" || cause === null) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code
  return "name" in cause && typeof cause.name === "string" ? cause.name : undefined
}

/** In one line; of what OpenSSL says, its reason alone. */
const textOf = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message.trim().replace(/\s+/g, " ") : String(cause)
  return /:SSL routines:[^:]*:([^:]+):/.exec(text)?.[1] ?? text
}
