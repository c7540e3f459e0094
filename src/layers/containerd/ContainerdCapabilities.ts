/**
 * What containerd, its CRIU and this kernel can do, asked of themselves and never a failure: what is missing is a finding that
 * says what to do. What concerns CRIU alone is the shared part's.
 */
import * as Effect from "effect/Effect"
import type { Capabilities, Finding } from "../../domain/Capabilities.ts"
import type * as CriuCapabilities from "../shared/CriuCapabilities.ts"
import type { CallError } from "./ContainerdClient.ts"
import * as ContainerdOptions from "./ContainerdOptions.ts"
import { runtimeName } from "./ContainerdSettings.ts"
import type { Containerd } from "./ContainerdTask.ts"
import * as Services from "./Services.ts"

/**
 * Looks, each time, whether containerd is there: one that is missing may be started.
 *
 * @param askCriu what CRIU can do, which is asked once
 */
export const probe = (
  { client }: Containerd,
  askCriu: Effect.Effect<CriuCapabilities.Criu>
): Effect.Effect<Capabilities> =>
  Effect.gen(function* () {
    const [version, criu] = yield* Effect.all([
      Effect.either(client.call(Services.version, undefined)),
      askCriu
    ], { concurrency: "unbounded" })
    return {
      runtime: runtimeName,
      ...(version._tag === "Left" ? {} : { version: version.right }),
      ...(criu.version === undefined ? {} : { criu: criu.version }),
      ...(criu.kernel === undefined ? {} : { kernel: criu.kernel }),
      findings: [version._tag === "Left" ? missing(version.left) : found(version.right), ...criu.findings],
      unsupported: { ...criu.unsupported, ...ContainerdOptions.unsupported }
    }
  })

const found = (version: string): Finding => ({ subject: runtimeName, verdict: "ok", detail: `version ${version}` })

const missing = (error: CallError): Finding => ({
  subject: runtimeName,
  verdict: "missing",
  detail: error.detail,
  remedy: error._tag === "RuntimeUnavailable" ? error.remedy : "look at containerd's log"
})
