/**
 * A pid namespace of its own for a restored tree, where its old process ids are free whatever runs on the machine.
 *
 * Its first process is a shell that lives as long as the tree and looks after what is orphaned in it. It has the mounts of the
 * machine as they were when it began, and a `/proc` of its own.
 */
import type { Call } from "./CriuCall.ts"

/**
 * Wraps the call of CRIU so that it restores into such a namespace; the exit code is CRIU's.
 *
 * @param workPath a folder for a file that brings the exit code
 * @param pidFile the file that CRIU writes the root's pid to
 * @param inherited how many descriptors, from 3 on, CRIU inherits and what lives on must not
 */
export const wrap = (call: Call, workPath: string, pidFile: string, inherited: number): Call => ({
  program: "unshare",
  args: ["--pid", "--mount", "--propagation", "private", "sh", "-c", outer, "sh", inner(inherited), workPath, pidFile]
    .concat(call.program, call.args)
})

// The first process that this shell starts is the first of the namespace. The file is looked for, not waited for: where the
// namespace cannot be made, nobody writes it. Nothing else is started once that may have ended.
const outer = `
inner=$1 work=$2 code=125
shift
sh -c "$inner" sh "$@" </dev/null >"$work/said" 2>&1 &
while [ ! -s "$work/code" ]; do
  kill -0 $! 2>/dev/null || break
  sleep 0.01
done
while read -r line; do echo "$line" >&2; done <"$work/said"
[ ! -s "$work/code" ] || read -r code <"$work/code"
exit "$code"
`

// Every turn of the loop reaps what has ended of the orphans.
const inner = (inherited: number): string => `
work=$1 pid=$2
shift 2
mount -t proc -o nosuid,nodev,noexec proc /proc || exit
"$@"
code=$?
root=$(cat "$pid" 2>/dev/null)
exec </dev/null >/dev/null 2>&1 ${Array.from({ length: inherited }, (_, index) => `${index + 3}>&-`).join(" ")}
echo $code >"$work/code.new"
mv "$work/code.new" "$work/code"
[ $code = 0 ] || exit 1
cd /
while kill -0 "$root" 2>/dev/null; do sleep 1; done
`
