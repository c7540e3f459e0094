import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import { type Flags, type Grammar, sort } from "../../src/cli/argv.ts"

const flags = (...entries: ReadonlyArray<readonly [names: string, takesValue: boolean, repeats?: boolean]>): Flags =>
  new Map(entries.flatMap(([names, takesValue, repeats]) => {
    const [name = "", ...others] = names.split(" ")
    return [name, ...others].map((one) => [one, { name, takesValue, repeats: repeats ?? false }] as const)
  }))

const grammar: Grammar = {
  shared: flags(["--root", true], ["--quiet -q", false]),
  commands: new Map([
    ["create", flags(["--leave-running", false], ["--checkpoint-dir", true], ["--empty-ns", true, true])],
    ["ls", flags()],
    ["rm", flags(["--all -a", false])]
  ])
}

const sorted = (line: string): string =>
  Either.match(sort(grammar, line === "" ? [] : line.split(" ")), {
    onLeft: (error) => `! ${error.message}`,
    onRight: (args) => args.join(" ")
  })

describe("sort", () => {
  it.each([
    ["", ""],
    ["ls", "ls"],
    ["create web first", "create -- web first"],
    ["create web first --leave-running", "create --leave-running -- web first"],
    ["create --leave-running web first", "create --leave-running -- web first"],
    ["create web --leave-running first", "create --leave-running -- web first"],
    ["create web first --checkpoint-dir /d", "create --checkpoint-dir /d -- web first"],
    ["create --checkpoint-dir=/d web first", "create --checkpoint-dir /d -- web first"],
    ["--root /r ls", "--root=/r ls"],
    ["ls --root /r web", "--root=/r ls -- web"],
    // A value that is a command's name is a value.
    ["--root ls ls ls", "--root=ls ls -- ls"],
    // So is one that looks like a flag.
    ["ls --root --quiet", "--root=--quiet ls"],
    ["rm -qa web", "--quiet rm --all -- web"],
    ["rm web -- --all -q", "rm -- web --all -q"],
    ["rm web -", "rm -- web -"],
    // The last of two counts; what may be repeated is kept.
    ["ls --root /a --root /b", "--root=/b ls"],
    ["create a b --empty-ns x --empty-ns y", "create --empty-ns x --empty-ns y -- a b"],
    ["create a b --leave-running=true", "create --leave-running -- a b"],
    ["create a b --leave-running=false", "create -- a b"],
    ["create a b --leave-running --leave-running=false", "create -- a b"],
    ["ls -q --quiet", "--quiet ls"],
    ["ls -q --quiet=false", "ls"],
    ["ls -h", "--help ls"],
    ["list web", "ls -- web"],
    ["remove web first", "rm -- web first"],
    ["help", "--help"],
    ["help create", "--help create"],
    ["--root= ls", "--root  ls"]
  ])("%s", (line, expected) => expect(sorted(line)).toBe(expected))

  it.each([
    ["frobnicate", `there is no command "frobnicate"`],
    ["creat web", `there is no command "creat", did you mean create?`],
    ["create web first --leave-runing", "unknown flag: --leave-runing, did you mean --leave-running?"],
    ["create web first --zzzzzz", "unknown flag: --zzzzzz"],
    ["--leave-running create web first", "unknown flag: --leave-running, write it after the command"],
    ["ls --all", "unknown flag: --all"],
    ["ls --root", "flag needs a value: --root"],
    ["ls --quiet=perhaps", "flag takes no value but true or false: --quiet=perhaps"],
    ["constructor", `there is no command "constructor"`]
  ])("refuses %s", (line, message) => expect(sorted(line)).toBe(`! ${message}`))

  it.prop("flags may stand anywhere after the command", [
    fc.shuffledSubarray(["--leave-running", "--checkpoint-dir=/d", "--quiet", "--root=/r"]),
    fc.array(fc.nat(3), { minLength: 4, maxLength: 4 })
  ], ([chosen, places]) => {
    const line: Array<string> = ["web", "first"]
    for (const [index, flag] of chosen.entries()) line.splice((places[index] ?? 0) % (line.length + 1), 0, flag)
    const order = (args: ReadonlyArray<string>) => [...args].sort().join(" ")
    const args = Either.getOrThrow(sort(grammar, ["create", ...line]))
    const plain = Either.getOrThrow(sort(grammar, ["create", ...chosen, "web", "first"]))
    expect(order(args)).toBe(order(plain))
    expect(args.slice(args.indexOf("--"))).toEqual(["--", "web", "first"])
  })
})
