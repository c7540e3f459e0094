/**
 * What this daemon, the runtime beneath it, CRIU and this kernel can do: never a failure, what is missing is a finding that says
 * what to do.
 */
import process from "node:process"
import * as Effect from "effect/Effect"
import type { Capabilities, Finding } from "../../domain/Capabilities.ts"
import type { Runtime } from "../../effects/Runtime.ts"
import type { DockerApi } from "./DockerApi.ts"
import * as DockerInfo from "./DockerInfo.ts"
import { runtimeName } from "./DockerEngine.ts"
import { isLocal } from "./isLocal.ts"

/** Looks once. `beneath` is the runtime that most containers have, where one was handed in. */
export const probe = (
  api: typeof DockerApi.Service,
  beneath: typeof Runtime.Service | undefined
): Effect.Effect<Capabilities> =>
  Effect.gen(function* () {
    const info = yield* Effect.either(DockerInfo.read(api))
    if (info._tag === "Left") {
      const { left: error } = info
      return {
        runtime: runtimeName,
        findings: [{
          subject: runtimeName,
          verdict: "missing",
          detail: error._tag === "RuntimeUnavailable" ? error.detail : `the daemon says: ${error.message}`,
          remedy: error._tag === "RuntimeUnavailable" ? error.remedy : "look at the daemon's log"
        }],
        unsupported
      }
    }
    const { right } = info
    const found = beneath === undefined ? undefined : yield* beneath.capabilities
    return {
      runtime: runtimeName,
      version: right.ServerVersion,
      ...(found?.criu === undefined ? {} : { criu: found.criu }),
      ...(found?.kernel === undefined ? {} : { kernel: found.kernel }),
      findings: [
        { subject: runtimeName, verdict: "ok", detail: `version ${right.ServerVersion}` },
        experimental(right),
        place(right),
        // Containers may have another runtime: that this one is missing keeps none of those from being checkpointed.
        ...(found?.findings ?? []).map((finding): Finding =>
          finding.subject === found?.runtime && finding.verdict === "missing"
            ? { ...finding, verdict: "limited" }
            : finding
        )
      ],
      unsupported: { ...found?.unsupported, ...unsupported }
    }
  })

const experimental = ({ ExperimentalBuild: is }: DockerInfo.Info): Finding =>
  is ? { subject: "docker: experimental features", verdict: "ok", detail: "the daemon restores from checkpoints" } : {
    subject: "docker: experimental features",
    verdict: "missing",
    detail: "the daemon does not restore from checkpoints",
    remedy: 'set "experimental": true in /etc/docker/daemon.json and start the daemon anew'
  }

const place = (info: DockerInfo.Info): Finding => {
  const subject = "docker: files of the daemon"
  if (process.getuid?.() === 0 && isLocal(info)) {
    return { subject, verdict: "ok", detail: `containers are checkpointed straight into "${info.DockerRootDir}"` }
  }
  return {
    subject,
    verdict: "missing",
    detail: `the files of the daemon below "${info.DockerRootDir}" cannot be reached`,
    remedy: "run it as root on the machine of the daemon"
  }
}

/** Options that Docker's containers cannot have, each with the reason. */
const unsupported: Readonly<Record<string, string>> = {
  linkRemap: "a checkpoint with it could be restored once at the most",
  emptyNamespaces: "the daemon gives a container its namespaces itself at a restore",
  lazyPages: "the daemon has CRIU bring all memory in at once",
  oci: "the daemon gives a container its bundle and its streams itself",
  criu: "it is for plain processes"
}
