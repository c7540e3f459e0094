/** The flags that create and restore share, named as runc names them, and the options that they come to. */
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"
import type { CriuOptions, ManageCgroupsMode } from "../domain/CheckpointOptions.ts"
import * as values from "./values.ts"

const modes: ReadonlyArray<ManageCgroupsMode> = ["soft", "full", "strict", "ignore"]

/** `--checkpoint-dir`. */
export const checkpointDir = Options.text("checkpoint-dir").pipe(
  Options.withPseudoName("dir"),
  Options.withDescription("The checkpoint directory, absolute; by default the container's own"),
  Options.optional
)

/** `--durability`. */
export const durability = Options.choice("durability", ["full", "none"]).pipe(
  Options.withDescription("full: on the disk before the command ends; none: when the kernel writes it (default: full)"),
  Options.optional
)

/** How long to wait, and whether at all. */
export const waitFlags = {
  noWait: Options.boolean("no-wait").pipe(
    Options.withDescription("Fail at once when another operation holds the container, instead of waiting for it")
  ),
  timeout: values.duration("timeout").pipe(
    Options.withDescription("The longest wait for other operations, and for CRIU to collect the processes"),
    Options.optional
  )
}

/** The options of {@link waitFlags}. */
export const waitOptions = (flags: { readonly noWait: boolean; readonly timeout: Option.Option<number> }) => ({
  ...(flags.noWait ? { wait: false } : {}),
  ...given("timeout", flags.timeout)
})

/** What CRIU is asked for. */
export const criuFlags = {
  tcpEstablished: Options.boolean("tcp-established").pipe(
    Options.withDescription("Keep established TCP connections")
  ),
  tcpClose: Options.boolean("tcp-close").pipe(
    Options.withDescription("Drop established TCP connections: the restored program sees them closed")
  ),
  externalUnixSockets: Options.boolean("external-unix-sockets", { aliases: ["ext-unix-sk"] }).pipe(
    Options.withDescription("Allow datagram unix sockets whose other end is outside the container")
  ),
  shellJob: Options.boolean("shell-job").pipe(
    Options.withDescription("Allow processes that are attached to a terminal from outside")
  ),
  fileLocks: Options.boolean("file-locks").pipe(Options.withDescription("Keep file locks")),
  linkRemap: Options.boolean("link-remap").pipe(
    Options.withDescription("Allow open files whose name is gone while another name of them is left")
  ),
  ghostLimit: values.size("ghost-limit").pipe(
    Options.withDescription("The largest deleted but open file to carry along (CRIU: 1M)"),
    Options.optional
  ),
  manageCgroupsMode: Options.choice("manage-cgroups-mode", modes).pipe(
    Options.withDescription("How CRIU treats cgroups"),
    Options.optional
  ),
  emptyNs: Options.text("empty-ns").pipe(
    Options.withPseudoName("namespace"),
    Options.withDescription("A namespace that is restored empty (network)"),
    Options.repeated
  )
}

interface CriuFlags {
  readonly tcpEstablished: boolean
  readonly tcpClose: boolean
  readonly externalUnixSockets: boolean
  readonly shellJob: boolean
  readonly fileLocks: boolean
  readonly linkRemap: boolean
  readonly ghostLimit: Option.Option<number>
  readonly manageCgroupsMode: Option.Option<ManageCgroupsMode>
  readonly emptyNs: ReadonlyArray<string>
}

/** The options of {@link criuFlags}: what was not asked for is left out. */
export const criuOptions = (flags: CriuFlags): CriuOptions => ({
  ...asked("tcpEstablished", flags.tcpEstablished),
  ...asked("tcpClose", flags.tcpClose),
  ...asked("externalUnixSockets", flags.externalUnixSockets),
  ...asked("shellJob", flags.shellJob),
  ...asked("fileLocks", flags.fileLocks),
  ...asked("linkRemap", flags.linkRemap),
  ...given("ghostLimit", flags.ghostLimit),
  ...given("manageCgroupsMode", flags.manageCgroupsMode),
  ...(flags.emptyNs.length === 0 ? {} : { emptyNamespaces: flags.emptyNs })
})

/** An option that is set when its flag is there. */
export const asked = <K extends string>(key: K, flag: boolean): { readonly [P in K]?: true } =>
  // The compiler cannot see that a computed key of a union of one is that key.
  (flag ? { [key]: true } : {}) as { readonly [P in K]?: true }

/** An option that is set to the value of its flag. */
export const given = <K extends string, A>(key: K, flag: Option.Option<A>): { readonly [P in K]?: A } =>
  // As above.
  (Option.isSome(flag) ? { [key]: flag.value } : {}) as { readonly [P in K]?: A }
