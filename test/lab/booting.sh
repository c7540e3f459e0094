#!/usr/bin/env bash
# Hard use of lab/boot: what passes in and out, its bound on time, its end by signals; and that no machine outlives it.
# Runs on the machine, as root, not in the lab. Exit code 1 when something failed.
# shellcheck disable=SC2016 # for the shells that are started
set -uo pipefail

boot=$(cd "$(dirname -- "$0")/../../lab" && pwd -P)/boot
cache=${STASIS_LAB:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/stasis/lab}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=test/lab/is.sh
. "$(dirname -- "$0")/is.sh"

# Waits until COMMAND says yes.
until_true() {
  local tries=0
  until "$@" || ((tries++ > 600)); do sleep 0.1; done
}

# Processes of the run with this pid: the machine, its clock, the readers.
of_run() { grep -laF -f <(printf '%s\n' "$cache/run/$1.") /proc/[0-9]*/cmdline 2>/dev/null | grep -c .; }
none_of_run() { [[ $(of_run "$1") == 0 ]]; }

said=$(NOT_NAMED=x NAMED=1 STASIS_X=$'\n*' "$boot" --env NAMED sh -c \
  'echo "$1|$STASIS_X|$NAMED|$NOT_NAMED|$HOME|$(pwd)"; echo complaint >&2; node --version
   criu check --feature mem_dirty_track >&2
   ip -brief link | wc -l; touch /usr/spoilt; head -c 300000 /dev/zero | tr "\0" x; exit 7' sh 'a  b' 2>"$dir/said")
is 'the exit code is passed on' 7 $?
is 'arguments, variables and the folder arrive, all of the output comes back' \
  $'a  b|\n*|1||/root|'"$(pwd)"$'\n'"$(node --version)"$'\n1\n'"$(head -c 300000 /dev/zero | tr '\0' x)" "$said"
is 'what it said on its error output as well' 'complaint mem_dirty_track is supported' "$(paste -sd ' ' "$dir/said")"

"$boot" --seconds 8 sh -c 'sleep 1000' 2>"$dir/said" >&2
is 'a command that hangs is ended' 124 $?
is 'which is said' 'lab: ended after 8 s, its time bound (--seconds)' "$(cat "$dir/said")"

for signal in KILL TERM; do
  "$boot" sh -c 'echo begun; sleep 1000' >"$dir/said" 2>&1 &
  pid=$!
  until_true grep -q begun "$dir/said"
  [[ $signal == KILL ]] || is 'a run that was killed is cleared away by the next' 0 "$(find "$cache/run" -maxdepth 1 -name "$killed.*" | grep -c .)"
  is 'the machine runs' yes "$(none_of_run "$pid" && echo no || echo yes)"
  kill -s "$signal" "$pid"
  wait "$pid" 2>/dev/null
  code=$?
  is "lab/boot is ended by $signal" $((128 + $(kill -l "$signal"))) "$code"
  until_true none_of_run "$pid"
  is 'and the machine with it' 0 "$(of_run "$pid")"
  killed=$pid
done

exit "$failed"
