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
  Effect.gen(function* () {
    for (let turn = 0; turn < 400; turn++) {
      if (!isAtWork(settings, id, commands)) return true
      yield* Effect.sleep(25)
    }
    return false
  })

const isAtWork = (settings: OciSettings, id: string, commands: ReadonlyArray<string>): boolean =>
  Proc.all().some((pid) => {
    const args = Proc.argumentsOf(pid)
    return args.includes(id) && args.some((one) => commands.includes(one)) &&
      [settings.runtime, nameOf(settings.program)].includes(nameOf(args[0] ?? "")) &&
      Proc.isTrusted(pid) && isSameRoot(pid, args, settings.root)
  })

const nameOf = (program: string) => program.slice(program.lastIndexOf("/") + 1)

/** Whether a call is of our state folder; one that names none may be. */
const isSameRoot = (pid: number, args: ReadonlyArray<string>, root: string): boolean => {
  const at = args.indexOf("--root")
  const named = at < 0 ? args.find((one) => one.startsWith("--root="))?.slice("--root=".length) : args[at + 1]
  if (named === undefined || named === root) return true
  const theirs = KernelFile.inode(`/proc/${pid}/${named.startsWith("/") ? "root" : "cwd/"}${named}`)
  const ours = KernelFile.inode(root)
  return theirs === undefined || (theirs.ino === ours?.ino && theirs.dev === ours.dev)
}
