/**
 * The door of the library: namespaces only. A layer is imported by its own path, `stasis/Memory`, `stasis/Oci`,
 * `stasis/Containerd` or `stasis/Criu`, and so are hooks that start programs, `stasis/HookCommand`, so that a program loads one
 * world and not all of them.
 *
 * @example
 * ```ts
 * import { Checkpoints } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   yield* Checkpoints.create("counter", "first", { leaveRunning: true })
 *   return yield* Checkpoints.names("counter")
 * })
 *
 * const layer = Memory.layer({ containers: [{ id: "counter" }] })
 * console.log(await Effect.runPromise(Effect.provide(program, layer))) // [ "first" ]
 * ```
 */
export * as Capabilities from "./domain/Capabilities.ts"
export * as Checkpoint from "./domain/Checkpoint.ts"
export * as CheckpointConfig from "./domain/CheckpointConfig.ts"
export * as CheckpointDirectory from "./domain/CheckpointDirectory.ts"
export * as CheckpointError from "./domain/CheckpointError.ts"
export * as CheckpointName from "./domain/CheckpointName.ts"
export * as CheckpointOptions from "./domain/CheckpointOptions.ts"
export * as Container from "./domain/Container.ts"
export * as Event from "./domain/Event.ts"
export * as Difference from "./domain/difference/Difference.ts"
export * as Inspection from "./domain/inspection/Inspection.ts"
export * as MemoryHit from "./domain/memory/MemoryHit.ts"
export * as MemoryReport from "./domain/memory/MemoryReport.ts"
export * as Pattern from "./domain/memory/Pattern.ts"
export * as Outcome from "./domain/Outcome.ts"
export * as Preflight from "./domain/Preflight.ts"
export * as Progress from "./domain/Progress.ts"
export * as Source from "./domain/Source.ts"
export * as Statistics from "./domain/Statistics.ts"
export * as Survey from "./domain/Survey.ts"
export * as Verification from "./domain/verification/Verification.ts"
export * as Checkpoints from "./effects/Checkpoints.ts"
export * as CheckpointStore from "./effects/CheckpointStore.ts"
export * as ContainerStore from "./effects/ContainerStore.ts"
export * as Disk from "./effects/Disk.ts"
export * as EventLog from "./effects/EventLog.ts"
export * as Hooks from "./effects/Hooks.ts"
export * as Images from "./effects/Images.ts"
export * as Operation from "./effects/Operation.ts"
export * as Processes from "./effects/Processes.ts"
export * as Runtime from "./effects/Runtime.ts"
