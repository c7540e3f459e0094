/** `stasis restore CONTAINER CHECKPOINT`: brings a container back to where it was. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import type { OciRestoreOptions } from "../../domain/CheckpointOptions.ts"
import { Restored } from "../../domain/Outcome.ts"
import { attend } from "../attend.ts"
import * as flags from "../criuFlags.ts"
import { escape } from "../escape.ts"
import { hooks, restoreHooks } from "../hookFlags.ts"
import * as print from "../print.ts"
import { inWorldOf } from "../inWorlds.ts"

const path = (name: string, description: string) =>
  Options.text(name).pipe(Options.withPseudoName("path"), Options.withDescription(description), Options.optional)
import { wellFormed } from "../wellFormed.ts"

/** `stasis restore`. */
export const restore = Command.make("restore", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name")
  ),
  name: Args.text({ name: "checkpoint" }).pipe(Args.withDescription("The name of the checkpoint")),
  replace: Options.boolean("replace").pipe(
    Options.withDescription("Roll a running container back; it is returned to where it was when the restore fails")
  ),
  checkpointDir: flags.checkpointDir,
  criu: flags.criuFlags,
  lazyPages: Options.boolean("lazy-pages").pipe(
    Options.withDescription("Let it run at once and bring its memory in behind; ends when all of it is in")
  ),
  oci: {
    bundle: path("bundle", "The bundle to restore into; by default the container's own"),
    consoleSocket: path("console-socket", "The socket that is handed the container's terminal"),
    pidFile: path("pid-file", "A file that is given the pid of the restored process"),
    stdout: path("stdout", "A file for the container's standard output; by default it goes nowhere"),
    stderr: path("stderr", "A file for the container's standard error; by default it goes nowhere")
  },
  newPids: Options.boolean("new-pids").pipe(
    Options.withDescription("Restore plain processes into a pid namespace of their own, where their old ids are free")
  ),
  terminal: path("terminal", "The terminal for a plain process that was attached to one, such as $(tty)"),
  hooks: restoreHooks,
  wait: flags.waitFlags
}, (input) =>
  Effect.gen(function* () {
    const oci = ociOptions(input.oci)
    const own = { ...flags.asked("newPids", input.newPids), ...flags.given("terminal", input.terminal) }
    const criu = flags.criuOptions(input.criu)
    const restored = yield* attend(Checkpoints.beginRestore(input.container, input.name, {
      ...criu,
      // What the dump was asked for holds again unless its opposite is asked for now.
      ...(criu.tcpClose === true && criu.tcpEstablished !== true ? { tcpEstablished: false } : {}),
      ...flags.waitOptions(input.wait),
      ...flags.asked("replace", input.replace),
      ...flags.asked("lazyPages", input.lazyPages),
      ...flags.given("checkpointDir", input.checkpointDir),
      ...(Object.keys(oci).length === 0 ? {} : { oci }),
      ...(Object.keys(own).length === 0 ? {} : { criu: own })
    }, hooks(input.hooks)))
    yield* print.warnings(restored.warnings)
    yield* print.result({
      schema: Restored,
      value: restored,
      text: `${escape(describe(input.container, restored))}\n`,
      names: []
    })
  }).pipe(
    inWorldOf(input.container, "change"),
    (work) => Effect.zipRight(wellFormed({ names: [input.name], checkpointDir: input.checkpointDir }), work)
  )).pipe(
    Command.withDescription("Bring a container back to where it was; the checkpoint stays")
  )

const ociOptions = (
  input: { readonly [K in keyof OciRestoreOptions]-?: Option.Option<string> }
): OciRestoreOptions => ({
  ...flags.given("bundle", input.bundle),
  ...flags.given("consoleSocket", input.consoleSocket),
  ...flags.given("pidFile", input.pidFile),
  ...flags.given("stdout", input.stdout),
  ...flags.given("stderr", input.stderr)
})

const describe = (container: string, { checkpoint, pid, state }: Restored): string =>
  `Restored ${container} from "${checkpoint.name}"; it is ${state}${pid === undefined ? "" : `, pid ${pid}`}`
