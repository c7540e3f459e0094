/**
 * What a tree of live processes holds, read from `/proc` and, where that is asked for, from `ss`: the survey that every
 * world which runs on this machine's kernel gives.
 *
 * It looks and never acts, and sees processes in whatever namespaces they are.
 */
import * as Effect from "effect/Effect"
import type { Depth, Process, Survey } from "../../domain/Survey.ts"
import * as Proc from "./Proc.ts"
import * as ProcConnections from "./ProcConnections.ts"
import * as ProcDescriptors from "./ProcDescriptors.ts"
import * as ProcFiles from "./ProcFiles.ts"
import * as ProcMaps from "./ProcMaps.ts"
import * as ProcStatus from "./ProcStatus.ts"

/** Looks at these processes, of which `root` is the first one. */
export const survey = (
  pids: ReadonlyArray<number>,
  root: number,
  depth: Depth,
  care: ProcFiles.Care = {}
): Effect.Effect<Survey> =>
  Effect.gen(function* () {
    const seen = pids.flatMap((pid) => {
      const status = ProcStatus.of(pid)
      return status === undefined ? [] : [status]
    })
    const descriptors = seen.flatMap(({ pid }) => ProcDescriptors.of(pid))
    const connections = yield* ProcConnections.look(descriptors, root, depth)
    return {
      depth,
      processes: seen.map(({ name, pid, session, state, uid }): Process => ({ pid, name, session, uid, state })),
      resources: [
        ...ProcStatus.resources(seen, root),
        ...ProcFiles.resources(seen.map(({ pid }) => pid), descriptors, depth, care),
        ...connections.resources,
        ...seen.flatMap(({ pid }) => ProcMaps.resources(pid, depth))
      ],
      unseen: connections.unseen,
      bytes: Proc.sumMemory(seen.map(({ memory }) => memory))
    }
  })
