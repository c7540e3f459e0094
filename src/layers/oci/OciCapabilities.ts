/**
 * What this runtime, its CRIU and this kernel can do, asked of the programs themselves and never a failure: what is
 * missing is a finding that says what to do. What concerns CRIU alone is the shared part's.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Capabilities, Finding } from "../../domain/Capabilities.ts"
import * as CriuCapabilities from "../shared/CriuCapabilities.ts"
import type { OciSettings } from "./OciSettings.ts"

/** Looks once; the answer is worth keeping for as long as the programs are not changed. */
export const probe = (settings: OciSettings): Effect.Effect<Capabilities> =>
  Effect.gen(function* () {
    const [asked, criu] = yield* Effect.all([
      CriuCapabilities.ask(settings, settings.program, "--version"),
      CriuCapabilities.probe(settings)
    ], { concurrency: "unbounded" })
    const said = Option.getOrUndefined(asked)?.stdout
    const version = said?.match(/version (\S+)/)?.[1]
    const built = settings.runtime === "runc" || said === undefined || said.includes("+CRIU")
    return {
      runtime: settings.runtime,
      ...(version === undefined ? {} : { version }),
      ...(criu.version === undefined ? {} : { criu: criu.version }),
      ...(criu.kernel === undefined ? {} : { kernel: criu.kernel }),
      findings: [runtimeFinding(settings, version, built), ...criu.findings],
      unsupported: { ...criu.unsupported, ...unsupportedBy[settings.runtime] }
    }
  })

const runtimeFinding = (settings: OciSettings, version: string | undefined, built: boolean): Finding => {
  if (version === undefined) {
    return {
      subject: settings.runtime,
      verdict: "missing",
      detail: `"${settings.program}" is missing or cannot be run`,
      remedy: `install ${settings.runtime} (Debian: apt-get install ${settings.runtime}), or name its program`
    }
  }
  return built ? { subject: settings.runtime, verdict: "ok", detail: `version ${version}` } : {
    subject: settings.runtime,
    verdict: "missing",
    detail: `version ${version} was built without CRIU`,
    remedy: `install a ${settings.runtime} that was built with CRIU`
  }
}

const unsupportedBy: Record<OciSettings["runtime"], Readonly<Record<string, string>>> = {
  runc: {
    linkRemap: "a checkpoint with it could be restored once at the most",
    criu: "it is for plain processes"
  },
  crun: {
    criu: "it is for plain processes",
    linkRemap: "a checkpoint with it could be restored once at the most",
    emptyNamespaces: "crun has no such flag"
  }
}
