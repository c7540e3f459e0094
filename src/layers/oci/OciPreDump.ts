/**
 * Copying the memory of a container that goes on, ahead of its dump (`runc checkpoint --pre-dump`).
 *
 * It needs a kernel that tracks changed memory; where there is none, the option is refused before this is reached.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { RuntimeFailed, type RuntimeUnavailable, type StorageFailed } from "../../domain/CheckpointError.ts"
import type { Container } from "../../domain/Container.ts"
import type { PreDumpRequest } from "../../effects/Runtime.ts"
import * as CriuLog from "../shared/CriuLog.ts"
import * as OciCall from "./OciCall.ts"
import * as OciCommand from "./OciCommand.ts"
import type { OciSettings } from "./OciSettings.ts"

/** Copies the memory of a container. */
export const preDump = (
  settings: OciSettings,
  container: Container,
  request: PreDumpRequest
): Effect.Effect<void, RuntimeUnavailable | RuntimeFailed | StorageFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const command = OciCommand.preDump(settings.runtime, {
      id: container.id,
      imagePath: request.imagePath,
      workPath: request.workPath,
      options: request.options
    })
    const finished = yield* OciCall.runWithCriu(settings, command, request.workPath, {
      lease: request.lease,
      output: "capture"
    })
    if (finished.code === 0) return
    const log = yield* Effect.orElseSucceed(fs.readFileString(`${request.workPath}/dump.log`), () => "")
    const verdict = CriuLog.classify(log)
    return yield* new RuntimeFailed({
      operation: "pre-dump",
      container: container.id,
      runtime: settings.runtime,
      reason: verdict.reason,
      detail: log === "" ? OciCall.complaint(finished.stderr) ?? verdict.detail : verdict.detail,
      ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      ...(log === "" ? {} : { log: CriuLog.tail(log) })
    })
  })
