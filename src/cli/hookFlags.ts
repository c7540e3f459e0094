/** The flags that name hooks: command lines for the shell, and how long each may take. What they come to are `Hooks`. */
import * as Options from "@effect/cli/Options"
import * as Option from "effect/Option"
import type { Hooks } from "../effects/Hooks.ts"
import * as HookCommand from "../layers/shared/HookCommand.ts"
import { given } from "./criuFlags.ts"
import * as values from "./values.ts"

const command = (name: string, description: string) =>
  values.command(name).pipe(Options.withDescription(description), Options.optional)

const hookTimeout = values.duration("hook-timeout").pipe(
  Options.withDescription("How long each hook may take, before it is killed (default: 30s)"),
  Options.optional
)

/** The hooks of create. */
export const createHooks = {
  beforeFreeze: command("before-freeze", "Run this in a shell before the freeze; its failure cancels the checkpoint"),
  afterDump: command("after-dump", "Run this in a shell after the dump, whatever came of it ($STASIS_OUTCOME)"),
  hookTimeout
}

/** The hooks of restore. */
export const restoreHooks = {
  afterRestore: command("after-restore", "Run this in a shell after the restore ($STASIS_PID)"),
  hookTimeout
}

interface HookFlags {
  readonly beforeFreeze?: Option.Option<string>
  readonly afterDump?: Option.Option<string>
  readonly afterRestore?: Option.Option<string>
  readonly hookTimeout: Option.Option<number>
}

/** The hooks that these flags name. */
export const hooks = (
  { afterDump = Option.none(), afterRestore = Option.none(), beforeFreeze = Option.none(), hookTimeout }: HookFlags
): Hooks => ({
  ...given("beforeFreeze", Option.map(beforeFreeze, HookCommand.make)),
  ...given("afterDump", Option.map(afterDump, HookCommand.make)),
  ...given("afterRestore", Option.map(afterRestore, HookCommand.make)),
  ...given("timeout", hookTimeout)
})
