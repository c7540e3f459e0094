#!/usr/bin/env bash
# Hard use of lab/make, in a cache folder of its own: builds that are killed at various moments, then three at once; one root
# comes of it and nothing is left. Takes about two minutes. Runs on the machine, as root. Exit code 1 when something failed.
# shellcheck disable=SC2016 # for the shells and programs that are started
set -uo pipefail

make=$(cd "$(dirname -- "$0")/../../lab" && pwd -P)/make
STASIS_LAB=${STASIS_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/stasis/lab}-trial
export STASIS_LAB
trap 'rm -rf "$STASIS_LAB"' EXIT
# shellcheck source=test/lab/is.sh
. "$(dirname -- "$0")/is.sh"

# Processes of a build, and processes that see its mounts.
remains() {
  pgrep -f "$STASIS_LAB/root[.]partial"
  grep -lF "$STASIS_LAB/root.partial/" /proc/[0-9]*/mountinfo 2>/dev/null
}

is 'without a root yet, it can be made' 'the lab can be made here' "$("$make" --check)"
is 'a cache folder that device files do not work in' 1 \
  "$(unshare --mount sh -c 'mount -t tmpfs -o nodev tmpfs /mnt && STASIS_LAB=/mnt/lab "$0" 2>/dev/null' "$make" >/dev/null; echo $?)"

for signal in KILL TERM; do
  for seconds in 2 9 17 25; do
    "$make" 2>/dev/null &
    pid=$!
    sleep "$seconds"
    kill -s "$signal" "$pid"
    wait "$pid" 2>/dev/null
    tries=0
    while [[ -n $(remains) ]] && ((tries++ < 200)); do sleep 0.01; done
    is "$signal after $seconds s ends the build and its mounts" '' "$(remains)"
    is "and no root is there" '' "$(find "$STASIS_LAB" -maxdepth 1 -name 'root-*')"
    [[ $signal == KILL ]] || break
  done
done

for n in 1 2 3; do "$make" >"$STASIS_LAB/said-$n" 2>/dev/null & done
wait
is 'three at once make one root' 1 "$(find "$STASIS_LAB" -maxdepth 1 -name 'root-*' | wc -l)"
is 'and all three say where' 1 "$(cat "$STASIS_LAB"/said-? | sort -u | wc -l)"
is 'which is there at once from then on' "$(cat "$STASIS_LAB/said-1")" "$("$make" 2>&1)"
is 'only the root and the lock are left' 'make.lock root-' \
  "$(find "$STASIS_LAB" -mindepth 1 -maxdepth 1 -not -name 'said-*' -printf '%f\n' | sort | sed 's/root-.*/root-/' | tr '\n' ' ' | sed 's/ $//')"
is 'criu in it is new enough' 0 "$(chroot "$(cat "$STASIS_LAB/said-1")" dpkg --compare-versions "$(chroot "$(cat "$STASIS_LAB/said-1")" dpkg-query -Wf '${Version}' criu)" ge 4.2; echo $?)"
exit "$failed"
