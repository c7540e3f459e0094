/**
 * Arbitraries for property tests of programs that use stasis: names, containers, options, and sequences of commands.
 *
 * @example
 * ```ts
 * import { CheckpointName } from "stasis"
 * import * as Memory from "stasis/Memory"
 * import * as FastCheck from "effect/FastCheck"
 *
 * FastCheck.assert(FastCheck.property(Memory.Arbitraries.name, (name) => CheckpointName.parse(name)._tag === "Right"))
 * ```
 */
import * as FastCheck from "effect/FastCheck"
import type { CreateOptions, RestoreOptions } from "../../domain/CheckpointOptions.ts"
import type { MemoryContainer } from "./MemoryContainers.ts"

const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
const letter = FastCheck.constantFrom(...first)
const inner = FastCheck.constantFrom(...first, "_", ".", "-")

/** Names that `create` takes: from two to 255 characters of the seed's pattern that do not end in a dot. */
export const name: FastCheck.Arbitrary<string> = FastCheck.oneof(
  { weight: 9, arbitrary: nameOf(0, 12) },
  { weight: 1, arbitrary: nameOf(200, 253) }
)

function nameOf(minLength: number, maxLength: number): FastCheck.Arbitrary<string> {
  return FastCheck.tuple(letter, FastCheck.array(inner, { minLength, maxLength }), letter).map(([head, body, tail]) =>
    head + body.join("") + tail
  )
}

/** Names that `create` refuses, the well-known traps among them. */
export const invalidName: FastCheck.Arbitrary<string> = FastCheck.oneof(
  FastCheck.constantFrom(
    "",
    "a",
    ".",
    "..",
    "../x",
    "../../etc",
    "a/b",
    "a\\b",
    "-ab",
    ".ab",
    "ab.",
    "a\0b",
    "a\nb",
    "ab\n",
    " ab",
    "a b",
    "аb",
    "ａｂ",
    "a\u0301b",
    "a".repeat(256)
  ),
  FastCheck.tuple(nameOf(0, 6), FastCheck.constantFrom("/", "\0", "\n", "\\", " ", "é", ":", "~")).map(([good, bad]) =>
    `${good}${bad}x`
  ),
  nameOf(0, 6).map((good) => `${good}.`)
)

/** Containers with ids as the engines make them, and what else may be said of one. */
export const container: FastCheck.Arbitrary<MemoryContainer> = FastCheck.record({
  id: FastCheck.array(FastCheck.constantFrom(..."0123456789abcdef"), { minLength: 12, maxLength: 64 }).map((all) =>
    all.join("")
  ),
  name: nameOf(0, 10),
  image: FastCheck.constantFrom("busybox", "registry.example/app:1.2"),
  labels: FastCheck.dictionary(nameOf(0, 6), FastCheck.string({ maxLength: 8 }), { maxKeys: 3 }),
  state: FastCheck.constantFrom("created" as const, "running" as const, "paused" as const, "stopped" as const),
  count: FastCheck.nat(1000),
  memory: FastCheck.integer({ min: 1, max: 65_536 })
}, { requiredKeys: ["id"] })

/** Options of `create` that an in-memory world honours. */
export const createOptions: FastCheck.Arbitrary<CreateOptions> = FastCheck.record({
  leaveRunning: FastCheck.boolean(),
  tcpEstablished: FastCheck.boolean(),
  externalUnixSockets: FastCheck.boolean(),
  shellJob: FastCheck.boolean(),
  fileLocks: FastCheck.boolean(),
  ghostLimit: FastCheck.nat(1 << 20),
  durability: FastCheck.constantFrom("full" as const, "none" as const)
}, { requiredKeys: [] })

/** Options of `restore` that an in-memory world honours. */
export const restoreOptions: FastCheck.Arbitrary<RestoreOptions> = FastCheck.record({
  replace: FastCheck.boolean(),
  tcpEstablished: FastCheck.boolean(),
  fileLocks: FastCheck.boolean(),
  lazyPages: FastCheck.boolean()
}, { requiredKeys: [] })

/** One thing that is done to a container. */
export type Command =
  | { readonly _tag: "Create"; readonly name: string; readonly options: CreateOptions }
  | { readonly _tag: "Restore"; readonly name: string; readonly options: RestoreOptions }
  | { readonly _tag: "Remove"; readonly name: string }
  | { readonly _tag: "Get"; readonly name: string }
  | { readonly _tag: "List" }
  | { readonly _tag: "Names" }
  | { readonly _tag: "Recover" }
  /** The container works: its state goes on. */
  | { readonly _tag: "Advance"; readonly by: number }
  | { readonly _tag: "Pause" }
  | { readonly _tag: "Resume" }
  | { readonly _tag: "Kill" }

/** Sequences of commands over a few names, so that they meet. */
export const commands = (options: {
  readonly maxLength?: number
  /** Names to draw from; three when absent. */
  readonly names?: ReadonlyArray<string>
} = {}): FastCheck.Arbitrary<ReadonlyArray<Command>> =>
  FastCheck.array(command(options.names ?? ["aa", "bb", "cc"]), { maxLength: options.maxLength ?? 20 })

const command = (names: ReadonlyArray<string>): FastCheck.Arbitrary<Command> => {
  const one = FastCheck.constantFrom(...names)
  const tagged = <const T extends Command["_tag"]>(_tag: T) => FastCheck.constant({ _tag })
  return FastCheck.oneof(
    {
      weight: 4,
      arbitrary: FastCheck.record({ _tag: FastCheck.constant("Create" as const), name: one, options: createOptions })
    },
    {
      weight: 4,
      arbitrary: FastCheck.record({ _tag: FastCheck.constant("Restore" as const), name: one, options: restoreOptions })
    },
    { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Remove" as const), name: one }) },
    { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Get" as const), name: one }) },
    {
      weight: 3,
      arbitrary: FastCheck.record({
        _tag: FastCheck.constant("Advance" as const),
        by: FastCheck.integer({ min: 1, max: 9 })
      })
    },
    tagged("List"),
    tagged("Names"),
    tagged("Recover"),
    tagged("Pause"),
    tagged("Resume"),
    tagged("Kill")
  )
}
