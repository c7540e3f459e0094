/**
 * What this runtime, its CRIU and this kernel can do, asked of the programs themselves and never a failure: what is
 * missing is a finding that says what to do.
 */
import * as Effect from "effect/Effect"
import type { Capabilities, Finding } from "../../domain/Capabilities.ts"
import * as CriuKernel from "../shared/CriuKernel.ts"
import * as Proc from "../shared/Proc.ts"
import * as Process from "../shared/Process.ts"
import type { OciSettings } from "./OciSettings.ts"

/** Looks once; the answer is worth keeping for as long as the programs are not changed. */
export const probe = (settings: OciSettings): Effect.Effect<Capabilities> =>
  Effect.gen(function* () {
    const ask = (program: string, ...args: ReadonlyArray<string>) =>
      Effect.option(Process.run({ program, args, env: settings.env }))
    const [runtime, criu, check, dirty] = yield* Effect.all([
      ask(settings.program, "--version"),
      ask(settings.criu, "--version"),
      ask(settings.criu, "check"),
      ask(settings.criu, "check", "--feature", "mem_dirty_track")
    ], { concurrency: "unbounded" })
    const version = runtime._tag === "Some" ? versionOf(runtime.value.stdout) : undefined
    const criuVersion = criu._tag === "Some" ? /^Version: (\S+)/m.exec(criu.value.stdout)?.[1] : undefined
    const kernel = Proc.kernelRelease()
    const built = settings.runtime === "runc" || runtime._tag === "None" || runtime.value.stdout.includes("+CRIU")
    const softDirty = dirty._tag === "Some" && dirty.value.code === 0
    const checked = check._tag === "Some" && check.value.code === 0
      ? undefined
      : check._tag === "Some"
      ? lastLine(check.value.stderr) ?? lastLine(check.value.stdout)
      : undefined
    return {
      runtime: settings.runtime,
      ...(version === undefined ? {} : { version }),
      ...(criuVersion === undefined ? {} : { criu: criuVersion }),
      ...(kernel === undefined ? {} : { kernel }),
      findings: [
        runtimeFinding(settings, version, built),
        criuFinding(settings, criuVersion, kernel, checked),
        softDirtyFinding(softDirty)
      ],
      unsupported: {
        ...(softDirty ? {} : { preDump: noSoftDirty, parentPath: noSoftDirty }),
        ...unsupportedBy[settings.runtime]
      }
    }
  })

/** Whether the kernel can tell what changed since a dump. */
export const tracksMemory = ({ unsupported }: Capabilities): boolean => unsupported["parentPath"] === undefined

/** What a missing soft-dirty tracking means. */
export const noSoftDirty = "this kernel does not track changed memory (CONFIG_MEM_SOFT_DIRTY)"

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

const criuFinding = (
  settings: OciSettings,
  version: string | undefined,
  kernel: string | undefined,
  failed: string | undefined
): Finding => {
  const missing = (detail: string, remedy: string): Finding => ({ subject: "criu", verdict: "missing", detail, remedy })
  if (version === undefined) {
    return missing(`"${settings.criu}" is missing or cannot be run`, "install CRIU (Debian: apt-get install criu)")
  }
  const needed = kernel === undefined ? undefined : CriuKernel.tooOld(version, kernel)
  if (needed !== undefined) {
    return missing(`version ${version} is too old for kernel ${kernel}`, `install CRIU ${needed} or newer`)
  }
  if (failed !== undefined) {
    return missing(
      `version ${version}, whose own check failed: ${failed}`,
      "run it as root on a kernel with CONFIG_CHECKPOINT_RESTORE"
    )
  }
  return { subject: "criu", verdict: "ok", detail: `version ${version} on kernel ${kernel ?? "unknown"}` }
}

const softDirtyFinding = (there: boolean): Finding =>
  there ? { subject: "kernel: soft-dirty tracking", verdict: "ok", detail: "changed memory is tracked" } : {
    subject: "kernel: soft-dirty tracking",
    verdict: "limited",
    detail: `${noSoftDirty}: no "preDump", no "parentPath"`,
    remedy: "use a kernel with CONFIG_MEM_SOFT_DIRTY, such as Debian's own"
  }

const unsupportedBy: Record<OciSettings["runtime"], Readonly<Record<string, string>>> = {
  runc: { linkRemap: "a checkpoint with it could be restored once at the most" },
  crun: {
    linkRemap: "a checkpoint with it could be restored once at the most",
    lazyPages: "crun has no such flag",
    emptyNamespaces: "crun has no such flag"
  }
}

const versionOf = (text: string): string | undefined => /version (\S+)/.exec(text)?.[1]

const lastLine = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined
