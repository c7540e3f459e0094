/**
 * A dump as CRIU leaves it: whether it is whole, what was measured, what its failure means, and how far it has come while
 * it runs.
 *
 * It starts nothing: who runs CRIU, and by which program, is the world's own.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as StatsDump from "../../domain/image/StatsDump.ts"
import type { Statistics } from "../../domain/Statistics.ts"
import type { DumpRequest } from "../../effects/Runtime.ts"
import * as CriuLog from "./CriuLog.ts"
import * as NetworkLock from "./NetworkLock.ts"
import * as Proc from "./Proc.ts"
import type * as Process from "./Process.ts"

/** CRIU's log; empty when there is none. */
export const readLog = (path: string): Effect.Effect<string, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.orElseSucceed(fs.readFileString(path), () => "")
  })

/** Whether the images are whole: by the word of the program that ran, or, where somebody ended that, by CRIU's own. */
export const succeeded = (
  finished: Process.Finished,
  log: string,
  imagePath: string
): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    if (finished.code !== 0 && (finished.signal === undefined || CriuLog.ending(log) !== "Succeeded")) return false
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.orElseSucceed(fs.exists(`${imagePath}/inventory.img`), () => false)
  })

/** Whether CRIU was ended in the middle, and could tidy up nothing. */
export const isBroken = (finished: Process.Finished, log: string): boolean =>
  finished.signal !== undefined || (log !== "" && CriuLog.ending(log) === "Broken")

/**
 * What a failure means.
 *
 * @param complaint what the program that ran has to say where CRIU wrote no log
 */
export const judge = (finished: Process.Finished, log: string, complaint: string | undefined): CriuLog.Verdict => {
  if (log === "") {
    const detail = complaint ?? `it ended with code ${finished.code} and CRIU wrote no log`
    return { reason: "Unknown", detail }
  }
  const verdict = CriuLog.classify(log)
  return isBroken(finished, log) && verdict.reason === "Unknown"
    ? { reason: "CriuKilled", detail: "CRIU was ended in the middle by somebody else" }
    : verdict
}

/** A CRIU that was ended in the middle leaves the processes without a network; what cannot be mended is said in words. */
export const mendNetwork = (pid: number): Effect.Effect<ReadonlyArray<string>> =>
  Effect.suspend(() =>
    Proc.sharesNetwork(pid) === true
      ? Effect.succeed(["rules of CRIU that drop packets of its connections may be left in the firewall"])
      : Effect.map(
        NetworkLock.unlock(`/proc/${pid}/ns/net`),
        (unlocked) =>
          unlocked ? [] : ["CRIU's rules that drop its packets are left in the firewall of its network namespace"]
      )
  )

/** What CRIU measured, as fields of a record. */
export const readStatistics = (
  workPath: string
): Effect.Effect<{ readonly statistics?: Statistics }, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const bytes = yield* Effect.option(fs.readFile(`${workPath}/stats-dump`))
    const decoded = bytes._tag === "None" ? undefined : StatsDump.decode(bytes.value)
    return decoded !== undefined && Either.isRight(decoded) ? { statistics: decoded.right } : {}
  })

/** Tells, while the dump runs, how many bytes of memory are in the images. */
export const withProgress =
  (request: Pick<DumpRequest, "imagePath" | "report">) => <A, E, R>(dump: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const look = Effect.gen(function* () {
        yield* Effect.sleep(50)
        const names = yield* fs.readDirectory(request.imagePath)
        const pages = names.filter((name) => name.startsWith("pages-"))
        const sizes = yield* Effect.forEach(pages, (name) => fs.stat(`${request.imagePath}/${name}`))
        const bytes = sizes.reduce((sum, info) => sum + Number(info.size), 0)
        yield* request.report({ step: "dumping", bytes, total: 0 })
      })
      const watch = yield* Effect.fork(Effect.interruptible(Effect.forever(Effect.ignore(look))))
      return yield* Effect.ensuring(dump, Fiber.interrupt(watch))
    })
