/**
 * What this CRIU on this kernel can do, asked of the program itself and never a failure: what is missing is a finding that
 * says what to do.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Capabilities, type Finding, isAble } from "../../domain/Capabilities.ts"
import { OptionUnsupported, RuntimeUnavailable } from "../../domain/CheckpointError.ts"
import type { CreateOptions, RestoreOptions } from "../../domain/CheckpointOptions.ts"
import * as CriuKernel from "./CriuKernel.ts"
import * as Proc from "./Proc.ts"
import * as Process from "./Process.ts"

/** The program that is asked. */
export interface CriuProgram {
  readonly criu: string
  /** Variables for it, beside those of this process. */
  readonly env: Readonly<Record<string, string>>
}

/** What was found of CRIU itself. */
export interface Criu {
  readonly version: string | undefined
  readonly kernel: string | undefined
  /** Whether checkpoints work, whether the kernel tracks changed memory, and whether memory can be brought in later. */
  readonly findings: ReadonlyArray<Finding>
  /** Options that cannot be used, each with the reason. */
  readonly unsupported: Readonly<Record<string, string>>
}

/** Runs a program for what it has to say; none where it cannot be run. */
export const ask = ({ env }: CriuProgram, program: string, ...args: ReadonlyArray<string>) =>
  Effect.option(Process.run({ program, args, env }))

/**
 * Asks CRIU.
 *
 * @param more arguments of its own check, such as `--unprivileged`
 */
export const probe = (program: CriuProgram, ...more: ReadonlyArray<string>): Effect.Effect<Criu> =>
  Effect.gen(function* () {
    const { criu } = program
    const [said, check, dirty, uffd] = yield* Effect.all([
      ask(program, criu, "--version"),
      ask(program, criu, "check", ...more),
      ask(program, criu, "check", "--feature", "mem_dirty_track"),
      ask(program, criu, "check", ...more, "--feature", "uffd-noncoop")
    ], { concurrency: "unbounded" })
    const version = Option.getOrUndefined(said)?.stdout.match(/^Version: (\S+)/m)?.[1]
    const kernel = Proc.kernelRelease()
    const softDirty = Option.getOrUndefined(dirty)?.code === 0
    const lazy = Option.getOrUndefined(uffd)?.code === 0
    return {
      version,
      kernel,
      findings: [
        criuFinding(criu, version, kernel, complaintOf(Option.getOrUndefined(check))),
        softDirtyFinding(softDirty),
        lazyFinding(lazy)
      ],
      unsupported: {
        ...(softDirty ? {} : { preDump: noSoftDirty, parentPath: noSoftDirty }),
        ...(lazy ? {} : { lazyPages: noUserfaultfd })
      }
    }
  })

/** Whether the kernel can tell what changed since a dump. */
export const tracksMemory = ({ unsupported }: Pick<Capabilities, "unsupported">): boolean =>
  unsupported["parentPath"] === undefined

/**
 * Refuses what cannot be done here: anything, where something is missing that every checkpoint needs, else the options that cannot
 * be used.
 *
 * @param programOf the program that a finding's subject is about
 * @param concerns the options that are looked at
 */
export const requireAble = (
  found: Capabilities,
  options: CreateOptions | RestoreOptions,
  programOf: (subject: string | undefined) => string,
  concerns: (option: string) => boolean = () => true
): Effect.Effect<void, RuntimeUnavailable | OptionUnsupported> =>
  Effect.gen(function* () {
    const { runtime, unsupported } = found
    if (!isAble(found)) {
      const missing = found.findings.find(({ verdict }) => verdict === "missing")
      return yield* new RuntimeUnavailable({
        runtime,
        program: programOf(missing?.subject),
        detail: missing?.detail ?? "it is missing",
        remedy: missing?.remedy ?? "see the capabilities"
      })
    }
    for (const [option, value] of Object.entries(options)) {
      const detail = value === undefined || value === false || !concerns(option) ? undefined : unsupported[option]
      if (detail !== undefined) return yield* new OptionUnsupported({ option, runtime, detail, supportedBy: [] })
    }
  })

/** What a missing soft-dirty tracking means. */
const noSoftDirty = "this kernel does not track changed memory (CONFIG_MEM_SOFT_DIRTY)"

/** What a missing userfaultfd means. */
const noUserfaultfd =
  "this kernel, or a lack of rights, does not let CRIU bring memory in behind a process (userfaultfd)"

/** What CRIU's own check has against this machine. */
const complaintOf = (check: Process.Finished | undefined): string | undefined =>
  check === undefined || check.code === 0 ? undefined : lastLine(check.stderr) ?? lastLine(check.stdout)

const criuFinding = (
  program: string,
  version: string | undefined,
  kernel: string | undefined,
  failed: string | undefined
): Finding => {
  const missing = (detail: string, remedy: string): Finding => ({ subject: "criu", verdict: "missing", detail, remedy })
  if (version === undefined) {
    return missing(`"${program}" is missing or cannot be run`, "install CRIU (Debian: apt-get install criu)")
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

const lazyFinding = (there: boolean): Finding =>
  there
    ? { subject: "kernel: userfaultfd", verdict: "ok", detail: "memory can be brought in behind a restored process" }
    : {
      subject: "kernel: userfaultfd",
      verdict: "limited",
      detail: `${noUserfaultfd}: no "lazyPages"`,
      remedy: "use a kernel with CONFIG_USERFAULTFD, such as Debian's own, as root"
    }

const lastLine = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined
