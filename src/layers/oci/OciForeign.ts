/**
 * What somebody else has the runtime do with a container meanwhile: a call of it that starts or restores one of the same id.
 *
 * Such a call has no lock of ours. It looks at `/proc` and waits; it ends nothing.
 */
import * as Effect from "effect/Effect"
import * as KernelFile from "../shared/KernelFile.ts"
import * as Proc from "../shared/Proc.ts"
import type { OciSettings } from "./OciSettings.ts"

/**
 * Waits until nobody has the runtime at work on an id, for about ten seconds; whether that is so.
 *
 * @param commands those that count, e.g. `restore`
 */
export const settle = (settings: OciSettings, id: string, commands: ReadonlyArray<string>): Effect.Effect<boolean> =>
  awaitNone(settings, commands, (pid, args) => args.includes(id) && isSameFolder(pid, args, "--root", settings.root))

/** Waits until nobody has the runtime restore from a bundle, under whichever id, for about ten seconds; whether that is so. */
export const settleBundle = (settings: OciSettings, bundle: string): Effect.Effect<boolean> =>
  awaitNone(settings, ["restore"], (pid, args) => isSameFolder(pid, args, "--bundle", bundle))

const awaitNone = (
  settings: OciSettings,
  commands: ReadonlyArray<string>,
  counts: (pid: number, args: ReadonlyArray<string>) => boolean
): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < 400; turn++) {
      if (!isAtWork(settings, commands, counts)) return true
      yield* Effect.sleep(25)
    }
    return false
  })

const isAtWork = (
  settings: OciSettings,
  commands: ReadonlyArray<string>,
  counts: (pid: number, args: ReadonlyArray<string>) => boolean
): boolean =>
  Proc.all().some((pid) => {
    const args = Proc.argumentsOf(pid)
    return args.some((one) => commands.includes(one)) &&
      [settings.runtime, nameOf(settings.program)].includes(nameOf(args[0] ?? "")) &&
      Proc.isTrusted(pid) && counts(pid, args)
  })

const nameOf = (program: string) => program.slice(program.lastIndexOf("/") + 1)

/** Whether a call names a folder by an option; one that does not may be of it. */
const isSameFolder = (pid: number, args: ReadonlyArray<string>, option: string, folder: string): boolean => {
  const at = args.indexOf(option)
  const named = at < 0 ? args.find((one) => one.startsWith(`${option}=`))?.slice(option.length + 1) : args[at + 1]
  if (named === undefined || named === folder) return true
  const theirs = KernelFile.inode(`/proc/${pid}/${named.startsWith("/") ? "root" : "cwd/"}${named}`)
  const ours = KernelFile.inode(folder)
  return theirs === undefined || (theirs.ino === ours?.ino && theirs.dev === ours.dev)
}
