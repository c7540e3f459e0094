/** The command line in this process: arguments in, exit code and both streams out. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Checkpoints } from "../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../src/effects/ContainerStore.ts"
import { EventLog } from "../../src/effects/EventLog.ts"
import { Processes } from "../../src/effects/Processes.ts"
import { Runtime } from "../../src/effects/Runtime.ts"
import { Output, OutputFailed } from "../../src/cli/Output.ts"
import type { Settings, World } from "../../src/cli/Settings.ts"
import { run } from "../../src/cli/stasis.ts"

/** What a run left. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The settings that the world was opened with; absent when none was. */
  readonly settings?: Settings
}

/** How the streams are. */
export interface Streams {
  /** Both streams are terminals of this width. */
  readonly columns?: number
  /** Standard output fails after this many writes. */
  readonly closesAfter?: number
  readonly env?: Readonly<Record<string, string>>
  /** Sees every text as it is written to standard error. */
  readonly onErr?: (text: string) => Effect.Effect<void>
}

/** Runs `stasis ...argv` in a world. */
export const stasis = (
  argv: ReadonlyArray<string>,
  world: Layer.Layer<World>,
  streams: Streams = {}
): Effect.Effect<Ran> =>
  Effect.gen(function* () {
    let out = ""
    let err = ""
    let writes = 0
    let settings: Settings | undefined
    const terminal = streams.columns !== undefined
    const output: typeof Output.Service = {
      out: (text) =>
        Effect.suspend(() => {
          if (writes++ >= (streams.closesAfter ?? Infinity)) return new OutputFailed({ closed: true, detail: "EPIPE" })
          out += text
          return Effect.void
        }),
      err: (text) =>
        Effect.suspend(() => {
          err += text
          return streams.onErr?.(text) ?? Effect.void
        }),
      closed: Effect.never,
      outColours: terminal,
      errColours: terminal,
      errIsTerminal: terminal,
      columns: Effect.succeed(streams.columns ?? 80)
    }
    const code = yield* run(argv, (given) => {
      settings = given
      return world
    }).pipe(
      Effect.provide(Layer.mergeAll(platform, Layer.succeed(Output, output))),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(streams.env ?? {}))))
    )
    return { code, out, err, ...(settings === undefined ? {} : { settings }) }
  })

const unasked = Effect.dieMessage("the terminal is not asked for")

const platform = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Layer.succeed(Terminal.Terminal, {
    columns: unasked,
    rows: unasked,
    isTTY: Effect.succeed(false),
    readInput: unasked,
    readLine: unasked,
    display: () => unasked
  })
)

/** A world of which only what a test gives is there; the rest dies when it is called. */
export const standIn = (parts: {
  readonly checkpoints?: Partial<typeof Checkpoints.Service>
  readonly containers?: Partial<typeof ContainerStore.Service>
  readonly runtime?: Partial<typeof Runtime.Service>
  readonly events?: Partial<typeof EventLog.Service>
  readonly processes?: Partial<typeof Processes.Service>
}): Layer.Layer<World> =>
  Layer.mergeAll(
    Layer.mock(Checkpoints, parts.checkpoints ?? {}),
    Layer.mock(ContainerStore, parts.containers ?? {}),
    Layer.mock(Runtime, { name: "stand-in", stopsByItself: false, ...parts.runtime }),
    Layer.mock(EventLog, parts.events ?? {}),
    Layer.mock(Processes, parts.processes ?? {})
  )
