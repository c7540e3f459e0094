#!/usr/bin/env bash
# Hard use of lab/enter: signals at every moment, kills, terminals, many at once; and that nothing of it is left afterwards.
# Runs on the machine, as root, not in the lab. Exit code 1 when something failed.
# shellcheck disable=SC2016 # for the shells that are started
set -uo pipefail

enter=$(cd "$(dirname -- "$0")/../../lab" && pwd -P)/enter
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# shellcheck source=test/lab/is.sh
. "$(dirname -- "$0")/is.sh"

# Waits for a file that the command in the lab makes, seen through a folder bound into the lab.
until_there() {
  local tries=0
  until [[ -s $1 ]] || ((tries++ > 500)); do sleep 0.01; done
}

# Starts a shell script in the lab, beside us, and waits until it has begun; its pid is $pid. Interrupts are not ignored in it.
begin() {
  rm -f "$dir"/{begun,said}
  env --default-signal=INT,QUIT "$enter" --bind "$dir" bash -c "$1" bash "$dir" >"$dir/said" 2>&1 &
  pid=$!
  until_there "$dir/begun"
}

# --- codes, streams, environment, place -----------------------------------------------------------------------------------

"$enter" sh -c 'exit 7'
is 'the exit code is passed on' 7 $?
"$enter" "$enter" sh -c 'exit 8'
is 'so it is from a lab in the lab' 8 $?
"$enter" sh -c 'kill -KILL $$' 2>"$dir/said"
is 'a command that a signal ended' 137 $?
is 'of which bash says nothing' '' "$(cat "$dir/said")"
"$enter" no-such-program 2>/dev/null
is 'a command that is not there' 127 $?
"$enter" /etc/passwd 2>/dev/null
is 'a command that is no program' 126 $?
"$enter" --no-such-option true 2>/dev/null
is 'a wrong option' 125 $?
is 'standard input' 3000000 "$(head -c 3000000 /dev/zero | "$enter" wc -c)"
is 'standard output and error' 'out err' "$("$enter" sh -c 'echo out; echo err >&2' 2>"$dir/said" | tr '\n' ' ')$(cat "$dir/said")"
is 'arguments and variables arrive unchanged' $'a  b|\n*|1||/root' \
  "$(NOT_NAMED=x NAMED=1 STASIS_X=$'\n*' "$enter" --env NAMED sh -c 'echo "$1|$STASIS_X|$NAMED|$NOT_NAMED|$HOME"' sh 'a  b')"
is 'the folder, within the project' "${enter%/*}" "$(cd "${enter%/*}" && "$enter" pwd)"
is 'the folder, outside of it' "${enter%/lab/enter}" "$(cd / && "$enter" pwd)"
is 'the umask' 0027 "$(umask 027 && "$enter" bash -c umask)"
is "the machine's own node" "$(node --version)" "$("$enter" node --version)"
"$enter" sh -c 'touch /etc/spoilt /usr/bin/spoilt /tmp/spoilt /dev/shm/spoilt $STASIS_LAB_SCRATCH/spoilt'
is 'what one command spoils the next does not see' 0 "$("$enter" sh -c 'ls /etc /usr/bin /tmp /dev/shm $STASIS_LAB_SCRATCH | grep -c spoilt')"

# --- signals --------------------------------------------------------------------------------------------------------------

for signal in TERM INT HUP QUIT USR1 USR2; do
  begin "trap 'echo got $signal; exit 9' $signal; echo 1 >\$1/begun; while :; do sleep 0.02; done"
  kill -s "$signal" "$pid"
  wait "$pid"
  is "$signal is forwarded" "9 got $signal" "$? $(cat "$dir/said")"
done

begin 'trap "" TERM; echo 1 >$1/begun; sleep 0.5; exit 6'
kill -s TERM "$pid"
sleep 0.1
kill -s TERM "$pid"
wait "$pid"
is 'a command may ignore a signal' 6 $?

rm -f "$dir"/{begun,said}
setsid env --default-signal=INT "$enter" --bind "$dir" bash -c \
  'trap "echo got INT" INT; echo 1 >$1/begun; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done' bash "$dir" >"$dir/said" 2>&1 &
pid=$!
until_there "$dir/begun"
kill -s INT -- "-$pid"
wait "$pid"
is 'an interrupt of the whole group arrives once' 'got INT' "$(cat "$dir/said")"

# `exec`: the shell that `script` starts, whichever that is, must not be there for the keyboard to end.
for signal in INT QUIT; do
  rm -f "$dir"/{begun,said}
  { until_there "$dir/begun"; [[ $signal == INT ]] && printf '\003' || printf '\034'; sleep 2; } |
    script --quiet --return --command "exec $enter --bind $dir bash -c 'trap \"echo got $signal >>$dir/said\" $signal; echo 1 >$dir/begun; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done; exit 5'" \
      /dev/null >/dev/null
  code=${PIPESTATUS[1]}
  is "$signal from a terminal's keyboard arrives once" "5 got $signal" "$code $(cat "$dir/said")"
done

codes=''
for ms in $(seq 1 3 130); do
  "$enter" sleep 5 &
  pid=$!
  sleep "$(printf '0.%03d' "$ms")"
  kill -s TERM "$pid"
  wait "$pid"
  codes+="$? "
done 2>/dev/null
is 'a signal at any moment of the entering' '143 ' "$(tr ' ' '\n' <<<"${codes% }" | sort -u | tr '\n' ' ')"

# --- kills, crowds, remains -------------------------------------------------------------------------------------------------

begin 'sleep 31415 & setsid sleep 31415 & echo 1 >$1/begun; sleep 31415'
kill -s KILL "$pid"
wait "$pid" 2>/dev/null
tries=0
while pgrep -f '^sleep 31415' >/dev/null && ((tries++ < 200)); do sleep 0.01; done
is 'a KILL of lab/enter ends all in the lab' '' "$(pgrep -f '^sleep 31415')"

for _ in 1 2 3 4 5 6 7 8; do "$enter" sh -c 'sleep 0.3; echo x' & done >"$dir/said"
wait
is 'eight at once' 8 "$(wc -l <"$dir/said")"

ended=0
before=$(date +%s%N)
for _ in $(seq 20); do "$enter" true && ((ended++)); done
is 'twenty in a row' 20 "$ended"
printf 'each took %s ms\n' $(( ($(date +%s%N) - before) / 20000000 ))

# Runs of others may be under way: all that is left has to belong to a run whose lab/enter or lab/boot lives.
left=''
cache=${STASIS_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/stasis/lab}
while read -r found; do
  id=${found##*stasis-lab-} id=${id##*/}
  [[ -d /proc/${id%%.*} && $(tr '\0' ' ' <"/proc/${id%%.*}/cmdline") =~ lab/(enter|boot) ]] || left+="$found "
done < <(find /sys/fs/cgroup -type d -name 'stasis-lab-*'; find "$cache/run" -mindepth 1 -maxdepth 1)
is 'no cgroup and no folder of a run is left' '' "$left"
is "no mount is left on the machine" '' "$(grep -E '/stasis/lab/|stasis-lab' /proc/self/mounts)"

exit "$failed"
