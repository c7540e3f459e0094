/**
 * The worlds that a command may work on: each is opened when it is needed, and closed with the command's use of it.
 *
 * How a world is made is handed in. In which of them a command does its work is `inWorlds.ts`.
 */
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { CheckpointError } from "../domain/CheckpointError.ts"
import type { Checkpoints } from "../effects/Checkpoints.ts"
import type { ContainerStore } from "../effects/ContainerStore.ts"
import type { EventLog } from "../effects/EventLog.ts"
import type { Images } from "../effects/Images.ts"
import type { Processes } from "../effects/Processes.ts"
import type { Runtime } from "../effects/Runtime.ts"
import type { ChoiceError } from "./ChoiceError.ts"
import { meant } from "./chooseRuntime.ts"
import type { Output } from "./Output.ts"
import type { RuntimeName, Settings } from "./Settings.ts"
import type { UsageError } from "./UsageError.ts"

/** What a command works on. */
export type World = Checkpoints | ContainerStore | Runtime | EventLog | Images | Processes

/** Why a world cannot be opened. */
export type OpenError = ConfigError | CheckpointError

/** Makes worlds. */
export interface Opener {
  /** The runtimes that are there, an engine before what it may stand on; of those of one root only the one that keeps it. */
  readonly present: (settings: Settings) => Effect.Effect<ReadonlyArray<RuntimeName>, ConfigError>
  readonly open: (runtime: RuntimeName, settings: Settings) => Layer.Layer<World, OpenError>
  /** The folders of images of this machine, whoever made them. */
  readonly images: Layer.Layer<Images>
}

/** The worlds of one command line. */
export class Worlds extends Context.Tag("stasis/cli/Worlds")<Worlds, {
  /** The runtime that the command line names, in whatever way. */
  readonly named: Option.Option<RuntimeName>
  /** The runtimes that may be meant; never none. */
  readonly candidates: Effect.Effect<ReadonlyArray<RuntimeName>, ConfigError>
  readonly open: (runtime: RuntimeName) => Layer.Layer<World, OpenError>
  /** The folders of images of this machine, whoever made them. */
  readonly images: Layer.Layer<Images>
}>() {}

/** The worlds that the settings leave to choose from. */
export const layer = ({ images, open, present }: Opener, settings: Settings): Layer.Layer<Worlds, UsageError> =>
  Layer.effect(
    Worlds,
    Effect.map(meant(settings), (said) => {
      const named = Option.filter(said, (one) => one !== "oci")
      return {
        named,
        candidates: Option.isSome(named)
          ? Effect.succeed([named.value])
          // Where nothing is, the most common one says best what is missing.
          : Effect.map(present(settings), (there): ReadonlyArray<RuntimeName> => there.length === 0 ? ["runc"] : there),
        open: (runtime) => open(runtime, settings),
        images
      }
    })
  )

/** Why no world was found or opened. */
export type WorldError = OpenError | ChoiceError

/** What an effect may need beside its world. */
export type Surroundings = Output | Settings

/** Runs an effect in the world of one runtime. */
export const inWorld =
  (runtime: RuntimeName) =>
  <A, E>(effect: Effect.Effect<A, E, World | Surroundings>): Effect.Effect<A, E | OpenError, Worlds | Surroundings> =>
    Effect.scoped(Effect.flatMap(
      Effect.flatMap(Worlds, ({ open }) => Layer.build(open(runtime))),
      (world) => Effect.provide(effect, world)
    ))
