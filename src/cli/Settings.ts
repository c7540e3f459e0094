/**
 * The flags that every command takes, before or after its name, each with its environment variable, and what
 * they come to.
 */
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import type * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { Checkpoints } from "../effects/Checkpoints.ts"
import type { ContainerStore } from "../effects/ContainerStore.ts"
import type { EventLog } from "../effects/EventLog.ts"
import type { Processes } from "../effects/Processes.ts"
import type { Runtime } from "../effects/Runtime.ts"

const runtimes = ["runc", "crun", "criu", "memory"] as const
const formats = ["table", "json"] as const

/** The flags of every command. */
export const flags = {
  runtime: Options.choice("runtime", runtimes).pipe(
    Options.withDescription(
      "The container runtime; criu is for plain processes, memory has a few sample containers that live as long as the command (STASIS_RUNTIME)"
    ),
    Options.withFallbackConfig(Config.literal(...runtimes)("STASIS_RUNTIME")),
    Options.withDefault("runc")
  ),
  root: Options.text("root").pipe(
    Options.withPseudoName("dir"),
    Options.withDescription("The runtime's state directory, as its own --root (STASIS_RUNTIME_ROOT)"),
    Options.withFallbackConfig(Config.string("STASIS_RUNTIME_ROOT")),
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
  readonly runtime: (typeof runtimes)[number]
  readonly root: Option.Option<string>
  readonly stasisRoot: Option.Option<string>
  readonly format: (typeof formats)[number]
  readonly quiet: boolean
}

/** The settings of the command that runs. */
export const Settings = Context.GenericTag<Settings>("stasis/cli/Settings")

/** What a command works on. */
export type World = Checkpoints | ContainerStore | Runtime | EventLog | Processes

/** Gives the world that the settings ask for; it is opened only by a command that works on one. */
export type OpenWorld = (settings: Settings) => Layer.Layer<World, ConfigError>
