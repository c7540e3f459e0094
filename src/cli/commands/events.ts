/** `stasis events [CONTAINER]`: what happened to checkpoints, and, with `--follow`, what happens. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Event, type EventFilter, EventLine } from "../../domain/Event.ts"
import { EventLog } from "../../effects/EventLog.ts"
import * as flags from "../criuFlags.ts"
import { escape, escapeJson } from "../escape.ts"
import * as humanize from "../humanize.ts"
import { Output } from "../Output.ts"
import { Settings } from "../Settings.ts"
import { style } from "../style.ts"
import * as values from "../values.ts"
import { inWorldOfEvents } from "../inWorlds.ts"

/** `stasis events`. */
export const events = Command.make("events", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id or the name; all containers when left out"),
    Args.optional
  ),
  follow: Options.boolean("follow", { aliases: ["f"] }).pipe(
    Options.withDescription("Go on with what happens from now on, until interrupted")
  ),
  since: values.moment("since").pipe(
    Options.withDescription("From this time on: RFC 3339, or 10m for ten minutes ago"),
    Options.optional
  ),
  until: values.moment("until").pipe(Options.withDescription("Until this time"), Options.optional),
  action: Options.text("action").pipe(
    Options.withPseudoName("action"),
    Options.withDescription(
      "Only these: checkpoint, restore, checkpoint-remove, checkpoint-recover, checkpoint-failed, restore-failed"
    ),
    Options.repeated
  )
}, (input) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { format, quiet } = yield* Settings
    const filter: EventFilter = {
      ...flags.given("container", input.container),
      ...flags.given("until", input.until),
      ...flags.given("since", input.follow ? Option.orElseSome(input.since, () => 0) : input.since),
      ...(input.action.length === 0 ? {} : { actions: input.action })
    }
    const print = format === "json"
      ? (event: Event) => Effect.flatMap(Schema.encode(EventLine)(event), (line) => output.out(`${escapeJson(line)}\n`))
      : quiet
      ? (event: Event) => output.out(`${escape(event.Actor.Attributes["checkpoint"] ?? event.Actor.ID)}\n`)
      : (event: Event) => output.out(`${describe(event, output.outColours)}\n`)
    const printing = Effect.flatMap(EventLog, (log) =>
      Stream.runForEach(input.follow ? log.follow(filter) : log.history(filter), print))
    yield* inWorldOfEvents(input.follow)(Effect.raceFirst(printing, output.closed))
  })).pipe(Command.withDescription("Show what happened to checkpoints, oldest first"))

const describe = ({ Action, Actor, time, timeNano }: Event, colours: boolean): string => {
  const { bad, faint } = style(colours)
  const { checkpoint, name, ...rest } = Actor.Attributes
  const at = Option.match(DateTime.make(timeNano > 0 ? timeNano / 1e6 : time * 1000), {
    onNone: () => String(time),
    onSome: DateTime.formatIso
  })
  const action = Action.endsWith("-failed") ? bad(Action.padEnd(18)) : Action.padEnd(18)
  const attributes = Object.entries(rest).map(([key, value]) => `${key}=${value}`).join(", ")
  return [
    faint(at),
    action,
    escape(name ?? humanize.shortId(Actor.ID)),
    ...(checkpoint === undefined ? [] : [escape(checkpoint)]),
    ...(attributes === "" ? [] : [faint(`(${escape(attributes)})`)])
  ].join("  ")
}
