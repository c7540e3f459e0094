/**
 * An action script of CRIU (criu(8), `--action-script`) for one restore: it freezes the container's processes when they
 * are whole and before they are let go, so that one which was paused does not run for a moment.
 *
 * It knows version 2 of cgroups only. Where it cannot work, it does nothing, and whoever restores pauses afterwards.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as KernelFile from "./KernelFile.ts"
import * as Process from "./Process.ts"

/**
 * Writes the script into a folder and gives its path; `undefined` where it would be of no use.
 *
 * @param only what the path of the container's cgroup holds, where other restores may come upon the script as well
 */
export const write = (
  folder: string,
  only = ""
): Effect.Effect<string | undefined, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const own = /^0::(.*)$/m.exec(KernelFile.read("/proc/self/cgroup") ?? "")?.[1]
    // CRIU takes the value of an option in its configuration as one word: in quotes, it crashes under a runtime.
    if (own === undefined || !/^[\w@%+=:,./-]+$/.test(folder) || !/^\w*$/.test(only)) return undefined
    const fs = yield* FileSystem.FileSystem
    const path = `${folder}/freeze`
    // What an earlier one froze was frozen then.
    yield* fs.remove(`${folder}/${result}`, { force: true })
    yield* fs.writeFileString(path, script(`${mount}${own}/cgroup.procs`, `${folder}/${result}`, only), { mode: 0o700 })
    // Not every file system lets programs run from it; without an action, the script has nothing to do.
    const tried = yield* Process.run({ program: path, args: [] })
    return tried.code === 0 ? path : undefined
  }).pipe(Effect.orElseSucceed(() => undefined))

/** The cgroup that the script of this folder froze; `undefined` where it froze none. */
export const frozen = (folder: string): string | undefined => KernelFile.read(`${folder}/${result}`)?.trim()

const mount = "/sys/fs/cgroup"
const result = "frozen"

// runc puts CRIU, and with it this script, into the container's cgroup: both leave it first, for the caller's own.
const script = (own: string, frozen: string, only: string): string =>
  `#!/bin/sh
[ "$CRTOOLS_SCRIPT_ACTION" = pre-resume ] || exit 0
path=$(sed -n 's/^0:://p' "/proc/$CRTOOLS_INIT_PID/cgroup")
group=${mount}$path
case $path in *${only}*) ;; *) exit 0 ;; esac
[ -e "$group/cgroup.freeze" ] || exit 0
one=$$
while grep -qFx "0::$path" "/proc/$one/cgroup"; do
  echo "$one" >${quote(own)} || exit 0
  one=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$one/status")
done
echo 1 >"$group/cgroup.freeze" && echo "$group" >${quote(frozen)}
exit 0
`

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
