/**
 * CRIU's locks on single connections: of processes in this network namespace, firewall rules that drop the packets of each
 * connection while it is dumped, and that stay where CRIU ended the processes.
 *
 * A lock is known by a text: `127.0.0.1:80-127.0.0.1:4711` of iptables, `nft inet CRIU-26` of nftables. Needs the program that CRIU
 * used; without it nothing is locked as far as can be seen.
 */
import * as Effect from "effect/Effect"
import * as Process from "./Process.ts"

/** The locks that are there, in order. */
export const held: Effect.Effect<ReadonlyArray<string>> = Effect.suspend(() =>
  Effect.map(
    Effect.all([Effect.map(rules, (all) => all.map(({ lock }) => lock)), tables], { concurrency: 2 }),
    ([ofRules, ofTables]) => [...new Set([...ofRules, ...ofTables])].sort()
  )
)

/** Takes these locks away; whether none of them is left. */
export const release = (locks: ReadonlyArray<string>): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    for (const { lock, rule, tool } of yield* rules) {
      if (locks.includes(lock)) yield* say(tool, "-w", "-t", "filter", "-D", ...rule)
    }
    for (const table of yield* tables) {
      if (locks.includes(table)) yield* say("nft", "delete", "table", ...table.split(" ").slice(1))
    }
    const left = yield* held
    return !locks.some((lock) => left.includes(lock))
  })

/** Reads what `iptables-save` prints: the arguments of each rule of CRIU's on one connection, and the lock that it is of. */
export const parseRules = (
  text: string
): ReadonlyArray<{ readonly lock: string; readonly rule: ReadonlyArray<string> }> =>
  text.split("\n").flatMap((line) => {
    const rule = line.split(" ")
    const [verb, chain = ""] = rule
    if (verb !== "-A" || !/ ! --mark 0xc114\b.* -j DROP$/.test(line)) return []
    const value = (flag: string) => rule[rule.indexOf(flag) + 1]?.replace(/\/\d+$/, "")
    const [from, to] = [`${value("-s")}:${value("--sport")}`, `${value("-d")}:${value("--dport")}`]
    return [{ lock: chain === "OUTPUT" ? `${from}-${to}` : `${to}-${from}`, rule: rule.slice(1) }]
  })

const rules = Effect.map(
  Effect.forEach(
    ["iptables", "ip6tables"],
    (tool) =>
      Effect.map(say(`${tool}-save`, "-t", "filter"), (text) => parseRules(text).map((one) => ({ ...one, tool }))),
    {
      concurrency: 2
    }
  ),
  (all) => all.flat()
)

const tables = Effect.map(
  say("nft", "list", "tables"),
  (text) => [...text.matchAll(/^table (\S+) (CRIU-\d+)$/gm)].map(([, family, name]) => `nft ${family} ${name}`)
)

/** What a program prints; nothing where it is missing or fails. */
function say(program: string, ...args: ReadonlyArray<string>): Effect.Effect<string> {
  return Effect.match(Process.run({ program, args }), {
    onFailure: () => "",
    onSuccess: ({ code, stdout }) => code === 0 ? stdout : ""
  })
}
