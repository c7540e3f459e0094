/** The command line in this process: arguments in, exit code and both streams out. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ImagesNotFound } from "../../src/domain/CheckpointError.ts"
import { Checkpoints } from "../../src/effects/Checkpoints.ts"
import { ContainerStore } from "../../src/effects/ContainerStore.ts"
import { EventLog } from "../../src/effects/EventLog.ts"
import { Images } from "../../src/effects/Images.ts"
import { Processes } from "../../src/effects/Processes.ts"
import { Runtime } from "../../src/effects/Runtime.ts"
import { Output, OutputFailed } from "../../src/cli/Output.ts"
import type { RuntimeName, Settings } from "../../src/cli/Settings.ts"
import { run } from "../../src/cli/stasis.ts"
import * as HostBytes from "../../src/layers/shared/HostBytes.ts"
import * as ImageDigest from "../../src/layers/shared/ImageDigest.ts"
import * as ImageFolders from "../../src/layers/shared/ImageFolders.ts"
import * as NodeDisk from "../../src/layers/shared/NodeDisk.ts"
import type { OpenError, World } from "../../src/cli/Worlds.ts"

/** What a run left. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The settings that the world was opened with; absent when none was. */
  readonly settings?: Settings
  /** The runtimes whose worlds were opened. */
  readonly opened: ReadonlyArray<RuntimeName>
}

/** The worlds that are there, in the order in which a machine lists them. */
export type Machine = { readonly [R in RuntimeName]?: Layer.Layer<World, OpenError> }

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

/** Runs `stasis ...argv` in a world, which is runc's unless a flag says otherwise, or on a machine with several. */
export const stasis = (
  argv: ReadonlyArray<string>,
  worlds: Layer.Layer<World> | Machine,
  streams: Streams = {}
): Effect.Effect<Ran> =>
  Effect.gen(function* () {
    let out = ""
    let err = ""
    let writes = 0
    let settings: Settings | undefined
    const opened: Array<RuntimeName> = []
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
    const code = yield* run(argv, {
      // Keys of an object that was written down as a machine.
      present: () => Effect.succeed(isOne(worlds) ? ["runc"] : Object.keys(worlds) as Array<RuntimeName>),
      open: (runtime, given) => {
        settings = given
        opened.push(runtime)
        const world = isOne(worlds) ? worlds : worlds[runtime]
        return world ?? Layer.unwrapEffect(Effect.dieMessage(`there is no ${runtime} here`))
      },
      images: Layer.provide(ImageFolders.layer, Layer.merge(NodeFileSystem.layer, NodeDisk.layer))
    }).pipe(
      Effect.provide(Layer.mergeAll(platform, Layer.succeed(Output, output))),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(streams.env ?? {}))))
    )
    return { code, out, err, opened, ...(settings === undefined ? {} : { settings }) }
  })

const isOne = (worlds: Layer.Layer<World> | Machine): worlds is Layer.Layer<World> => Layer.isLayer(worlds)

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
  readonly images?: Partial<typeof Images.Service>
  readonly processes?: Partial<typeof Processes.Service>
}): Layer.Layer<World> =>
  Layer.mergeAll(
    Layer.mock(Checkpoints, parts.checkpoints ?? {}),
    Layer.mock(ContainerStore, parts.containers ?? {}),
    Layer.mock(Runtime, { name: "stand-in", stopsByItself: false, ...parts.runtime }),
    Layer.mock(EventLog, parts.events ?? {}),
    Layer.mock(Images, {
      openDamaged: (path) => Effect.fail(new ImagesNotFound({ path, reason: "there is no such folder" })),
      digest: ImageDigest.ofText,
      views: HostBytes.views,
      ...parts.images
    }),
    Layer.mock(Processes, parts.processes ?? {})
  )
