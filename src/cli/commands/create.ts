/** `stasis create CONTAINER CHECKPOINT`: checkpoints a running container, and stops it unless told otherwise. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Checkpoints from "../../effects/Checkpoints.ts"
import * as CheckpointName from "../../domain/CheckpointName.ts"
import type { CreateOptions } from "../../domain/CheckpointOptions.ts"
import { Created } from "../../domain/Outcome.ts"
import type { Checkpoint } from "../../domain/Checkpoint.ts"
import { attend } from "../attend.ts"
import * as flags from "../criuFlags.ts"
import { dryRun } from "../dryRun.ts"
import { escape } from "../escape.ts"
import { createHooks, hooks } from "../hookFlags.ts"
import * as humanize from "../humanize.ts"
import * as print from "../print.ts"
import { inWorldOf } from "../inWorlds.ts"
import { wellFormed } from "../wellFormed.ts"

/** `stasis create`. */
export const create = Command.make("create", {
  container: Args.text({ name: "container" }).pipe(
    Args.withDescription("The id, an unambiguous prefix of it, or the name")
  ),
  name: Args.text({ name: "checkpoint" }).pipe(Args.withDescription("The name that the checkpoint is given")),
  leaveRunning: Options.boolean("leave-running").pipe(Options.withDescription("Let the container go on afterwards")),
  checkpointDir: flags.checkpointDir,
  criu: flags.criuFlags,
  parentPath: Options.text("parent-path").pipe(
    Options.withPseudoName("checkpoint"),
    Options.withDescription("The container's last checkpoint, in the same directory, for this one to build on"),
    Options.optional
  ),
  preDump: Options.boolean("pre-dump").pipe(
    Options.withDescription("Copy the memory of the running container first, so that it is frozen for less time")
  ),
  seal: Options.boolean("seal").pipe(
    Options.withDescription("Record a digest of every file, by which verify knows each byte")
  ),
  force: Options.boolean("force").pipe(
    Options.withDescription("Try it whatever was found beforehand, even if the restored program is known to be broken")
  ),
  dryRun: Options.boolean("dry-run").pipe(
    Options.withDescription("Say whether the checkpoint would succeed, and what it needs; nothing is frozen or made")
  ),
  durability: flags.durability,
  hooks: createHooks,
  wait: flags.waitFlags
}, (input) =>
  Effect.gen(function* () {
    const parentPath = Option.isSome(input.parentPath)
      ? Option.some(yield* CheckpointName.parseExisting(input.parentPath.value))
      : Option.none()
    const options: CreateOptions = {
      ...flags.criuOptions(input.criu),
      ...flags.waitOptions(input.wait),
      ...flags.asked("leaveRunning", input.leaveRunning),
      ...flags.asked("preDump", input.preDump),
      ...flags.asked("seal", input.seal),
      ...flags.given("checkpointDir", input.checkpointDir),
      ...flags.given("parentPath", parentPath),
      ...flags.given("durability", input.durability),
      ...flags.asked("force", input.force)
    }
    if (input.dryRun) return yield* dryRun(input.container, input.name, options)
    const created = yield* attend(Checkpoints.beginCreate(input.container, input.name, options, hooks(input.hooks)))
    yield* print.warnings(created.warnings)
    yield* print.result({
      schema: Created,
      value: created,
      text: describe(input.container, created, input.leaveRunning).map((line) => `${escape(line)}\n`).join(""),
      names: [created.checkpoint.name]
    })
  }).pipe(
    inWorldOf(input.container, input.dryRun ? "read" : "change"),
    (work) =>
      Effect.zipRight(
        wellFormed({
          fresh: input.name,
          names: Option.toArray(input.parentPath),
          checkpointDir: input.checkpointDir
        }),
        work
      )
  )).pipe(
    Command.withDescription("Checkpoint a running container, and stop it unless --leave-running is given")
  )

const describe = (
  container: string,
  { checkpoint, sealed, state }: Created,
  leaveRunning: boolean
): ReadonlyArray<string> => [
  [
    `Checkpointed ${container} as "${checkpoint.name}"`,
    ...figures(checkpoint),
    ...(sealed === true ? ["sealed"] : [])
  ].join(", "),
  `The container ${fate(state, leaveRunning)}`
]

const figures = ({ record }: Checkpoint): ReadonlyArray<string> => [
  ...(record?.bytes === undefined ? [] : [humanize.bytes(record.bytes)]),
  ...(record?.statistics === undefined
    ? []
    : [`frozen for ${humanize.duration(record.statistics.frozenMicros / 1000)}`])
]

const fate = (state: Created["state"], leaveRunning: boolean): string => {
  switch (state) {
    case "running":
      return "goes on running"
    case "paused":
      return "stays paused"
    default:
      return leaveRunning ? `did not go on: it is ${state}` : "was stopped (--leave-running lets it go on)"
  }
}
