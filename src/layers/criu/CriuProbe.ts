/**
 * What CRIU alone can do here: its own check, its list of features, and the rights that it has. What is missing is a finding
 * that says what it means.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Capabilities, Finding } from "../../domain/Capabilities.ts"
import * as CriuCapabilities from "../shared/CriuCapabilities.ts"
import { isUnprivileged } from "./CriuCall.ts"
import * as CriuRights from "./CriuRights.ts"
import { type CriuSettings, runtimeName } from "./CriuSettings.ts"

/** Looks once; the answer is worth keeping for as long as the program is not changed. */
export const probe = (settings: CriuSettings): Effect.Effect<Capabilities> =>
  Effect.gen(function* () {
    const more = isUnprivileged() ? ["--unprivileged"] : []
    const [criu, missing] = yield* Effect.all([
      CriuCapabilities.probe(settings, ...more),
      Effect.filter(features, ({ name }) => lacks(settings, name, more), { concurrency: "unbounded" })
    ], { concurrency: "unbounded" })
    const passes = criu.findings.every(({ verdict }) => verdict !== "missing")
    return {
      runtime: runtimeName,
      ...(criu.version === undefined ? {} : { version: criu.version, criu: criu.version }),
      ...(criu.kernel === undefined ? {} : { kernel: criu.kernel }),
      findings: [
        // A right that is missing is why CRIU's own check fails, and says it better.
        CriuRights.finding(passes),
        ...criu.findings,
        ...(criu.version === undefined ? [] : missing.map(findingOf))
      ],
      unsupported: {
        ...criu.unsupported,
        linkRemap: "a checkpoint with it could be restored once at the most",
        oci: "processes have no bundle and no console"
      }
    }
  })

/** A feature that `criu check --feature` knows. */
interface Feature {
  readonly name: string
  /** What it means that it is missing. */
  readonly means: string
}

const features: ReadonlyArray<Feature> = [
  { name: "seccomp_filters", means: "processes with seccomp filters cannot be checkpointed" },
  { name: "tcp_half_closed", means: "connections that one end has closed cannot be kept" },
  { name: "timens", means: "clocks that count from the machine's start jump after it was started anew" },
  { name: "link_nsid", means: "virtual network devices that lead to other namespaces cannot be restored" },
  { name: "aio_remap", means: "processes with asynchronous reads and writes under way cannot be restored" },
  { name: "timer_cr_ids", means: "processes with POSIX timers are restored slowly" }
]

const lacks = (settings: CriuSettings, name: string, more: ReadonlyArray<string>) =>
  Effect.map(
    CriuCapabilities.ask(settings, settings.criu, "check", ...more, "--feature", name),
    // A CRIU that does not know the name is older than the feature.
    (asked) => Option.getOrUndefined(asked)?.code !== 0
  )

const findingOf = ({ means, name }: Feature): Finding => ({
  subject: `feature: ${name}`,
  verdict: "limited",
  detail: means,
  remedy: "use a newer kernel and CRIU"
})
