# The one assertion of the scripts in this folder, which read it in; each ends with `exit "$failed"`.
# shellcheck shell=bash
failed=0

# is WHAT EXPECTED ACTUAL
is() {
  if [[ $2 == "$3" ]]; then
    printf 'ok: %s\n' "$1"
  else
    printf 'FAILED: %s: expected "%s", got "%s"\n' "$1" "$2" "$3"
    failed=1
  fi
}
