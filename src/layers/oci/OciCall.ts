/**
 * One call of the runtime's program: its arguments, CRIU's configuration for the call, the locks it keeps alive.
 *
 * This file starts programs and says how they ended; what that means is for its callers.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { RuntimeFailed, RuntimeUnavailable, type StorageFailed } from "../../domain/CheckpointError.ts"
import { type Lease, noLease } from "../../effects/Disk.ts"
import * as CriuConfig from "../shared/CriuConfig.ts"
import * as Proc from "../shared/Proc.ts"
import * as Process from "../shared/Process.ts"
import { storageFailed } from "../shared/storageFailed.ts"
import type { Command } from "./OciCommand.ts"
import type { OciSettings } from "./OciSettings.ts"
import type { Call } from "./OciStreams.ts"

/** Runs the program; a lease, and a file for what it logs, are optional. */
const run = (
  settings: OciSettings,
  args: ReadonlyArray<string>,
  more: {
    readonly lease?: Lease
    readonly env?: Readonly<Record<string, string>>
    readonly output?: "capture" | "null"
    readonly log?: string
    readonly wrap?: (call: Call) => Call
    readonly onStart?: (pid: number) => void
  } = {}
): Effect.Effect<Process.Finished, RuntimeUnavailable> =>
  Process.run({
    ...(more.wrap ?? ((call) => call))({
      program: settings.program,
      args: ["--root", settings.root, ...(more.log === undefined ? [] : ["--log", more.log]), ...args]
    }),
    env: { ...settings.env, ...more.env },
    lease: more.lease ?? noLease,
    output: more.output ?? "capture",
    ...(more.onStart === undefined ? {} : { onStart: more.onStart })
  }).pipe(Effect.mapError((error) => unavailable(settings, error)))

/** Runs a command that CRIU has a part in, to the end of both, also where somebody ends the runtime before CRIU. */
export const runWithCriu = (
  settings: OciSettings,
  command: Command,
  workPath: string,
  more: {
    readonly lease: Lease
    readonly output: "capture" | "null"
    readonly log?: string
    readonly wrap?: (call: Call) => Call
    readonly onStart?: (pid: number) => void
  }
): Effect.Effect<Process.Finished, RuntimeUnavailable | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const file = `${workPath}/criu.conf`
    const configured = !CriuConfig.isEmpty(command.criu)
    if (configured) {
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(file, CriuConfig.print(command.criu), { mode: 0o600 }).pipe(
        Effect.mapError(storageFailed("write CRIU's configuration", file))
      )
    }
    const finished = yield* run(settings, command.args, {
      ...more,
      ...(configured ? { env: { [CriuConfig.variable]: file } } : {})
    })
    if (finished.signal !== undefined) yield* Proc.awaitSession(finished.session)
    return finished
  })

/** Runs a short subcommand, such as `pause`; a code other than 0 is a failure. */
export const act = (
  settings: OciSettings,
  operation: RuntimeFailed["operation"],
  container: string,
  args: ReadonlyArray<string>,
  lease: Lease
): Effect.Effect<void, RuntimeUnavailable | RuntimeFailed> =>
  Effect.flatMap(run(settings, args, { lease }), (finished) =>
    finished.code === 0 ? Effect.void : new RuntimeFailed({
      operation,
      container,
      runtime: settings.runtime,
      reason: "Unknown",
      detail: complaint(finished.stderr) ?? `${settings.runtime} ended with code ${finished.code}`
    }))

/** The last thing that a runtime wrote, without its log's decoration. */
export const complaint = (output: string): string | undefined => {
  const line = output.trim().split("\n").findLast((one) => one.trim() !== "")
  if (line === undefined) return undefined
  const quoted = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]
  return (quoted?.replaceAll("\\n", ", ").replaceAll('\\"', '"') ?? line).trim()
}

const unavailable = (settings: OciSettings, error: Process.NotStarted): RuntimeUnavailable =>
  new RuntimeUnavailable({
    runtime: settings.runtime,
    program: error.program,
    detail: error.detail,
    remedy: error.reason === "Missing"
      ? `install ${settings.runtime} (Debian: apt-get install ${settings.runtime}), or name its program`
      : "make it a program that can be run here"
  })
