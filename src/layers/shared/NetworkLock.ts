/**
 * CRIU's lock on a network namespace: firewall rules that drop every packet while connections are dumped, and that
 * stay where CRIU was ended in the middle, or ended the container.
 *
 * It removes CRIU's own rules and no other. It needs `nsenter`, and the `iptables` or `nft` that CRIU used.
 */
import * as Effect from "effect/Effect"
import * as Process from "./Process.ts"

/** Whether CRIU's rules are in a network namespace, given by its path; `undefined` when that cannot be seen. */
export const isLocked = (namespace: string): Effect.Effect<boolean | undefined> =>
  inside(namespace, look).pipe(Effect.map((code) => code === 0 ? false : code === lockedCode ? true : undefined))

/** Removes CRIU's rules from a network namespace, given by its path; whether none are left. */
export const unlock = (namespace: string): Effect.Effect<boolean> =>
  inside(namespace, `${remove}\n${look}`).pipe(Effect.map((code) => code === 0))

const lockedCode = 10

const inside = (namespace: string, script: string) =>
  Process.run({ program: "nsenter", args: [`--net=${namespace}`, "sh", "-c", script] }).pipe(
    Effect.match({ onFailure: () => undefined, onSuccess: (finished) => finished.code })
  )

// CRIU's names: a chain `CRIU` of iptables, a table `CRIU-<pid>` of nftables (criu/net.c, criu/netfilter.c).
const remove = `
for tool in iptables ip6tables; do
  command -v $tool >/dev/null || continue
  # Two dumps that were ended in the middle leave two jumps.
  for chain in INPUT OUTPUT; do while $tool -w -D $chain -j CRIU; do :; done; done
  $tool -w -F CRIU
  $tool -w -X CRIU
done
command -v nft >/dev/null && nft list tables | while read -r _ family name; do
  case $name in CRIU-*) nft delete table "$family" "$name" ;; esac
done`

const look = `
for tool in iptables-save ip6tables-save; do
  command -v $tool >/dev/null || continue
  $tool -t filter 2>/dev/null | grep -q '^:CRIU ' && exit ${lockedCode}
done
if command -v nft >/dev/null; then
  nft list tables 2>/dev/null | grep -q ' CRIU-' && exit ${lockedCode}
fi
exit 0`
