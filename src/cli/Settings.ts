/**
 * The flags that every command takes, before or after its name, each with its environment variable, and what
 * they come to.
 */
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Option from "effect/Option"

const runtimes = ["docker", "containerd", "runc", "crun", "criu", "memory"] as const
const formats = ["table", "json"] as const

/** A runtime, as `--runtime` names it. */
export type RuntimeName = (typeof runtimes)[number]

/** The flags of every command. */
export const flags = {
  runtime: Options.choice("runtime", runtimes).pipe(
    Options.withDescription(
      "What runs the container, by default whichever of those that are here knows it; criu is for plain processes, " +
        "memory has a few sample containers that live as long as the command (STASIS_RUNTIME)"
    ),
    Options.withFallbackConfig(Config.literal(...runtimes)("STASIS_RUNTIME")),
    Options.optional
  ),
  root: Options.text("root").pipe(
    Options.withPseudoName("dir"),
    Options.withDescription("The state directory of runc or crun, as its own --root (STASIS_RUNTIME_ROOT)"),
    Options.withFallbackConfig(Config.string("STASIS_RUNTIME_ROOT")),
    Options.optional
  ),
  // Other programs read the variables of these three, too: they say where a daemon is, not that it is the one that is meant.
  host: Options.text("host").pipe(
    Options.withPseudoName("url"),
    Options.withDescription("Where Docker's daemon listens (DOCKER_HOST, else unix:///var/run/docker.sock)"),
    Options.optional
  ),
  address: Options.text("address").pipe(
    Options.withPseudoName("path"),
    Options.withDescription("containerd's socket (CONTAINERD_ADDRESS, else /run/containerd/containerd.sock)"),
    Options.optional
  ),
  namespace: Options.text("namespace").pipe(
    Options.withPseudoName("name"),
    Options.withDescription("containerd's namespace (CONTAINERD_NAMESPACE, else default)"),
    Options.optional
  ),
  stasisRoot: Options.text("stasis-root").pipe(
    Options.withPseudoName("dir"),
    Options.withDescription("Where checkpoints, locks and events are kept (STASIS_ROOT, else /var/lib/stasis)"),
    Options.withFallbackConfig(Config.string("STASIS_ROOT")),
    Options.optional
  ),
  format: Options.choice("format", formats).pipe(
    Options.withDescription("Tables for people, or JSON for programs (STASIS_FORMAT)"),
    Options.withFallbackConfig(Config.literal(...formats)("STASIS_FORMAT")),
    Options.withDefault("table")
  ),
  quiet: Options.boolean("quiet", { aliases: ["q"] }).pipe(
    Options.withDescription("Print names only, or nothing where there is no name to print")
  )
}

/** The flags of every command, read. */
export interface Settings {
  /** Absent where it is to be found out. */
  readonly runtime: Option.Option<RuntimeName>
  readonly root: Option.Option<string>
  readonly host: Option.Option<string>
  readonly address: Option.Option<string>
  readonly namespace: Option.Option<string>
  readonly stasisRoot: Option.Option<string>
  readonly format: (typeof formats)[number]
  readonly quiet: boolean
}

/** The settings of the command that runs. */
export const Settings = Context.GenericTag<Settings>("stasis/cli/Settings")
