// The codec of config.json: texts that Go's encoder wrote, texts that nobody should have written, and our own.
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Config from "../../src/domain/CheckpointConfig.ts"
import { overJson } from "./overJson.ts"

const empty: Config.CheckpointConfig = {
  created: "",
  name: "",
  tcp: false,
  unixSockets: false,
  shell: false,
  exit: false,
  emptyNS: [],
  stasis: undefined
}

const record = Arbitrary.make(Config.CheckpointRecord).map(overJson)

const config: FastCheck.Arbitrary<Config.CheckpointConfig> = FastCheck.record({
  created: FastCheck.string({ unit: "binary" }),
  name: FastCheck.string({ unit: "binary" }),
  tcp: FastCheck.boolean(),
  unixSockets: FastCheck.boolean(),
  shell: FastCheck.boolean(),
  exit: FastCheck.boolean(),
  emptyNS: FastCheck.array(FastCheck.string({ unit: "binary" }), { maxLength: 3 }),
  stasis: FastCheck.option(record, { nil: undefined })
})

const reason = (text: string): string =>
  Either.match(Config.parse(text), { onLeft: (why) => why, onRight: (read) => `it reads: ${JSON.stringify(read)}` })

/** Texts as `json.NewEncoder(file).Encode(checkpoint)` of containerd 0.2 writes them. */
const go: ReadonlyArray<readonly [why: string, text: string, config: Config.CheckpointConfig]> = [
  [
    "a checkpoint of the seed's daemon",
    '{"created":"2016-11-22T14:22:09.123456789Z","name":"checkpoint1","tcp":true,"unixSockets":true,' +
    '"shell":false,"exit":true,"emptyNS":["network"]}\n',
    {
      ...empty,
      created: "2016-11-22T14:22:09.123456789Z",
      name: "checkpoint1",
      tcp: true,
      unixSockets: true,
      exit: true,
      emptyNS: ["network"]
    }
  ],
  [
    "no empty namespaces, a time whose last zeros are left out, away from Greenwich",
    '{"created":"2017-01-18T09:05:00.1204-08:00","name":"a.b","tcp":false,"unixSockets":false,' +
    '"shell":true,"exit":false}\n',
    { ...empty, created: "2017-01-18T09:05:00.1204-08:00", name: "a.b", shell: true }
  ],
  [
    "a whole second",
    '{"created":"2016-02-29T23:59:59Z","name":"leap","tcp":false,"unixSockets":false,"shell":false,' +
    '"exit":false,"emptyNS":["network","ipc"]}\n',
    { ...empty, created: "2016-02-29T23:59:59Z", name: "leap", emptyNS: ["network", "ipc"] }
  ],
  [
    "Go's zero value",
    '{"created":"0001-01-01T00:00:00Z","name":"","tcp":false,"unixSockets":false,"shell":false,' +
    '"exit":false}\n',
    { ...empty, created: "0001-01-01T00:00:00Z" }
  ]
]

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels)

describe("CheckpointConfig, as Go writes it", () => {
  it.each(go)("reads %s", (_, text, expected) => {
    expect(Config.parse(text)).toStrictEqual(Either.right(expected))
  })

  it.each(go)("prints %s to the byte", (_, text, expected) => {
    expect(Config.print(expected)).toBe(text)
  })

  it("has exactly the seed's fields, in the seed's order, ours under one key behind them", () => {
    const keys = (value: Config.CheckpointConfig): ReadonlyArray<string> => Object.keys(JSON.parse(Config.print(value)))
    const seed = ["created", "name", "tcp", "unixSockets", "shell", "exit"]
    expect(keys(empty)).toEqual(seed)
    expect(keys({ ...empty, emptyNS: ["network"] })).toEqual([...seed, "emptyNS"])
    expect(keys({ ...empty, stasis: { version: 1 } })).toEqual([...seed, "stasis"])
    expect(keys({ ...empty, emptyNS: ["network"], stasis: { version: 1 } })).toEqual([...seed, "emptyNS", "stasis"])
  })

  it("reads the characters that Go escapes", () => {
    expect(Either.map(Config.parse('{"name":"\\u003ca\\u0026b\\u003e\\u2028"}'), (read) => read.name))
      .toEqual(Either.right("<a&b>\u2028"))
  })

  it("prints one line", () => {
    const text = Config.print({ ...empty, name: "a\nb", stasis: { version: 1, operation: "c\nd" } })
    expect(text.indexOf("\n")).toBe(text.length - 1)
  })
})

describe("CheckpointConfig, tolerantly", () => {
  it.each([
    ["an object without fields", "{}", empty],
    ["white space around it", " \n{}\r\n\t", empty],
    ["a field alone", '{"exit":true}', { ...empty, exit: true }],
    ["fields that nobody knows", '{"name":"a","zz":{"tcp":5},"TCP":1}', { ...empty, name: "a" }],
    [
      "null for every field",
      '{"created":null,"name":null,"tcp":null,"unixSockets":null,"shell":null,"exit":null,' +
      '"emptyNS":null,"stasis":null}',
      empty
    ],
    ["a field twice: the last counts, as in Go", '{"name":"a","tcp":true,"name":"b"}', {
      ...empty,
      name: "b",
      tcp: true
    }],
    ["a field twice, wrong the first time", '{"name":5,"name":"b"}', { ...empty, name: "b" }],
    ["a prototype", '{"__proto__":{"tcp":true,"name":5},"constructor":1}', empty],
    ["a field that nobody knows, deeply nested", `{"name":"a","x":${deep(100_000)}}`, { ...empty, name: "a" }],
    ["a record of a version alone", '{"stasis":{"version":1}}', { ...empty, stasis: { version: 1 } }],
    ["fields of the record that nobody knows", '{"stasis":{"version":1,"x":[],"paused":true}}', {
      ...empty,
      stasis: { version: 1, paused: true }
    }]
  ])("reads %s", (_, text, expected) => {
    expect(Config.parse(text)).toStrictEqual(Either.right(expected))
  })

  it("leaves the prototype of objects as it is", () => {
    Config.parse('{"__proto__":{"polluted":true},"stasis":{"version":2,"__proto__":{"polluted":true}}}')
    Config.parse(
      '{"stasis":{"version":1,"container":{"id":"a","identity":"b",' +
        '"labels":{"__proto__":"polluted"}}}}'
    )
    expect("polluted" in {}).toBe(false)
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })

  it("shows a newer record as far as it reads", () => {
    const text = JSON.stringify({
      name: "a",
      stasis: {
        version: 2,
        published: true,
        paused: { since: 5 },
        bytes: 7,
        container: { id: "c" },
        runtime: { name: "runc", criu: "5" },
        options: { ghostLimit: "1 MiB" },
        encrypted: true
      }
    })
    expect(Config.parse(text)).toStrictEqual(Either.right({
      ...empty,
      name: "a",
      stasis: { version: 2, published: true, bytes: 7, runtime: { name: "runc", criu: "5" } }
    }))
  })

  it("shows a newer record whole where all of it reads", () => {
    expect(Config.parse('{"stasis":{"version":9,"bytes":7,"new":1}}'))
      .toStrictEqual(Either.right({ ...empty, stasis: { version: 9, bytes: 7 } }))
  })

  it.prop("never loses the version of a newer record", [
    FastCheck.integer({ min: Config.currentVersion + 1, max: 1000 }),
    FastCheck.dictionary(
      FastCheck.constantFrom("published", "operation", "container", "options", "bytes", "files", "new", "__proto__"),
      FastCheck.jsonValue({ maxDepth: 2 })
    )
  ], ([version, fields]) => {
    const read = Config.parse(JSON.stringify({ stasis: { ...fields, version } }))
    expect(Either.map(read, ({ stasis }) => stasis?.version)).toEqual(Either.right(version))
  })
})

const wrong = "config.json has the wrong shape"

describe("CheckpointConfig, refusing", () => {
  it.each([
    ["nothing", "", "config.json is empty"],
    ["white space", " \n\t", "config.json is empty"],
    ["a truncated object", '{"created":"2016-11-22T14:22:0', "config.json is not valid JSON"],
    ["an object without its end", '{"tcp":true', "config.json is not valid JSON"],
    ["two objects", "{}{}", "config.json is not valid JSON"],
    ["text", "hello", "config.json is not valid JSON"],
    ["NUL bytes, as a power loss leaves them", "\0".repeat(64), "config.json is not valid JSON"],
    ["a byte order mark", "\ufeff{}", "config.json is not valid JSON"],
    ["a comment", "{} // done", "config.json is not valid JSON"],
    ["NaN", '{"stasis":{"version":NaN}}', "config.json is not valid JSON"],
    ["an array", "[]", `${wrong}: expected an object, found an array`],
    ["an array of checkpoints", '[{"name":"a"}]', `${wrong}: expected an object, found an array`],
    ["a number", "5", `${wrong}: expected an object, found 5`],
    ["a string", '"a\\nb"', `${wrong}: expected an object, found a string`],
    ["true", "true", `${wrong}: expected an object, found true`],
    ["null", "null", `${wrong}: expected an object, found null`],
    ["nothing but nesting", deep(100_000), `${wrong}: expected an object, found an array`],
    ["a number for the time", '{"created":5}', `${wrong} at "created": expected a string or null, found 5`],
    [
      "nesting for the time",
      `{"created":${deep(100_000)}}`,
      `${wrong} at "created": expected a string or null, found an array`
    ],
    ["a number for the name", '{"name":5}', `${wrong} at "name": expected a string or null, found 5`],
    ["a word for a flag", '{"tcp":"yes"}', `${wrong} at "tcp": expected a boolean or null, found a string`],
    ["a number for a flag", '{"unixSockets":1}', `${wrong} at "unixSockets": expected a boolean or null, found 1`],
    ["an object for a flag", '{"shell":{}}', `${wrong} at "shell": expected a boolean or null, found an object`],
    ["an array for a flag", '{"exit":[]}', `${wrong} at "exit": expected a boolean or null, found an array`],
    [
      "a word for the namespaces",
      '{"emptyNS":"network"}',
      `${wrong} at "emptyNS": expected an array or null, found a string`
    ],
    ["a number among the namespaces", '{"emptyNS":["a",5]}', `${wrong} at "emptyNS.1": expected a string, found 5`],
    ["a number for the record", '{"stasis":5}', `${wrong}: expected an object, found 5 (under "stasis")`],
    [
      "nesting for the record",
      `{"stasis":${deep(100_000)}}`,
      `${wrong}: expected an object, found an array (under "stasis")`
    ],
    ["a record without a version", '{"stasis":{}}', `${wrong} at "version": it is missing (under "stasis")`],
    [
      "half a version",
      '{"stasis":{"version":1.5}}',
      `${wrong} at "version": expected an integer, found 1.5 (under "stasis")`
    ],
    [
      "a word for the mark",
      '{"stasis":{"version":1,"published":"yes"}}',
      `${wrong} at "published": expected a boolean, found a string (under "stasis")`
    ],
    [
      "a container without an id",
      '{"stasis":{"version":1,"container":{"identity":"a"}}}',
      `${wrong} at "container.id": it is missing (under "stasis")`
    ],
    [
      "a limit below zero",
      '{"stasis":{"version":1,"options":{"ghostLimit":-1}}}',
      `${wrong} at "options.ghostLimit": expected a non-negative number, found -1 (under "stasis")`
    ],
    [
      "an unknown durability",
      '{"stasis":{"version":1,"options":{"durability":"half"}}}',
      `${wrong} at "options.durability": expected "full" or "none", found a string (under "stasis")`
    ]
  ])("says what is wrong with %s", (_, text, expected) => {
    expect(reason(text)).toBe(expected)
  })

  it.prop("fails in one short line that shows nothing of a text, or reads", [
    FastCheck.oneof(
      FastCheck.string({ unit: "binary" }),
      FastCheck.json(),
      FastCheck.dictionary(
        FastCheck.constantFrom("created", "name", "tcp", "emptyNS", "stasis"),
        FastCheck.oneof(FastCheck.jsonValue(), FastCheck.constant("secret".repeat(999)))
      ).map((fields) => JSON.stringify(fields)),
      FastCheck.dictionary(
        FastCheck.string({ unit: "binary" }),
        FastCheck.oneof(FastCheck.string(), FastCheck.integer())
      ).map((labels) => JSON.stringify({ stasis: { version: 1, container: { id: "a", identity: "b", labels } } }))
    )
  ], ([text]) => {
    const parsed = Config.parse(text)
    if (Either.isRight(parsed)) return
    expect(parsed.left).toMatch(/^config\.json [^\n\r]{1,300}$/)
    expect(parsed.left).not.toContain("secretsecret")
    expect(parsed.left.endsWith(".")).toBe(false)
  })

  it("reads no more of a text cut anywhere than that it is cut", () => {
    const text = Config.print({ ...empty, name: "a", emptyNS: ["network"], stasis: { version: 1, published: true } })
    for (let length = 1; length < text.length - 1; length++) {
      expect(reason(text.slice(0, length))).toBe("config.json is not valid JSON")
    }
  })
})

describe("CheckpointConfig, there and back", () => {
  it.prop("reads what it printed as it was", [config], ([value]) => {
    expect(Config.parse(Config.print(value))).toEqual(Either.right(value))
  })

  it.prop("prints again what it read, no less and no more", [config], ([value]) => {
    const text = Config.print(value)
    expect(Either.map(Config.parse(text), (read) => JSON.parse(Config.print(read)))).toEqual(
      Either.right(JSON.parse(text))
    )
  })
})
