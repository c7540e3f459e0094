// Every failure: its words, its HTTP status, and its way over a wire.
import { describe, expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as Errors from "../../src/domain/CheckpointError.ts"
import { overJson } from "./overJson.ts"

const container = "web"
const checkpoint = "first"
const directory = "/srv/checkpoints"
const path = "/srv/checkpoints/first"

const allowed = "[a-zA-Z0-9][a-zA-Z0-9_.-]"

const failed = (more: Partial<Errors.RuntimeFailed>) =>
  new Errors.RuntimeFailed({
    operation: "checkpoint",
    container,
    runtime: "runc",
    reason: "Unknown",
    detail: "CRIU failed",
    ...more
  })

/** One row for each thing that is said, with the status of the design's table. */
const table: ReadonlyArray<readonly [error: Errors.CheckpointError, status: number, message: string]> = [
  [
    new Errors.ProcessNotFound({ path, pid: 9, pids: [1, 6] }),
    404,
    'Cannot find the memory of process 9 in the images in "/srv/checkpoints/first": there are 1, 6'
  ],
  [
    new Errors.ProcessNotFound({ path, pid: 9, pids: [] }),
    404,
    'Cannot find the memory of process 9 in the images in "/srv/checkpoints/first": there is none'
  ],
  [
    new Errors.InvalidPattern({ pattern: "zz", reason: "it is not hexadecimal digits" }),
    400,
    'Cannot search for "zz": it is not hexadecimal digits'
  ],
  [
    new Errors.InvalidCheckpointName({ checkpoint: "../x", allowed, reason: "Pattern" }),
    400,
    "Invalid checkpoint ID (../x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
  ],
  [
    new Errors.InvalidCheckpointName({ checkpoint: "aaa", allowed, reason: "Length" }),
    400,
    "Invalid checkpoint ID (aaa), it is 3 bytes long and at most 255 are allowed"
  ],
  [
    new Errors.InvalidCheckpointName({ checkpoint: "aa.", allowed, reason: "TrailingDot" }),
    400,
    "Invalid checkpoint ID (aa.), it must not end in a dot"
  ],
  ...([
    ["Relative", "it is a relative path, give an absolute one"],
    ["ParentComponent", 'it contains "..", give the path without it'],
    ["Root", "it is the root of the file system, give a folder below it"],
    ["Malformed", "it contains a NUL character or half of a character"],
    ["TooLong", "it is longer than the file system allows"],
    ["Missing", "there is no such folder"],
    ["NotADirectory", "it is not a folder"],
    ["SymbolicLink", "it is a symbolic link, give the folder that it leads to"],
    ["Unreadable", "permission to read it is missing"],
    ["NotAllowed", "it, or a folder on the way to it, can be changed by another user"]
  ] as const).map(([reason, words]) =>
    [
      new Errors.InvalidCheckpointDirectory({ directory: "some/where", reason }),
      400,
      `Cannot use checkpoint directory "some/where": ${words}`
    ] as const
  ),
  [
    new Errors.OptionUnsupported({
      option: "tcpClose",
      runtime: "runc",
      detail: "it has no such flag",
      supportedBy: []
    }),
    400,
    'Cannot use option "tcpClose" with runc: it has no such flag'
  ],
  [
    new Errors.OptionUnsupported({
      option: "lazyPages",
      runtime: "crun",
      detail: "not there",
      supportedBy: ["runc", "criu"]
    }),
    400,
    'Cannot use option "lazyPages" with crun: not there (supported by: runc, criu)'
  ],
  [new Errors.ContainerNotFound({ container }), 404, "No such container: web"],
  [
    new Errors.AmbiguousContainer({ container: "a", matches: ["a1", "a2"] }),
    400,
    "Multiple IDs found with provided prefix: a (a1, a2)"
  ],
  [new Errors.ContainerNotRunning({ container, state: "stopped" }), 409, "Container web not running"],
  [
    new Errors.ContainerRunning({ container }),
    409,
    'Cannot restore container "web": it is running, stop it first or restore with replace'
  ],
  [
    new Errors.InvalidContainerName({ container: "a/b", allowed }),
    400,
    'Cannot name a process tree "a/b": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, at most 128 of them'
  ],
  [
    new Errors.ContainerExists({ container, pid: 7, reason: "NameTaken" }),
    409,
    'Cannot name a process tree "web": process 7 has that name and lives, choose another name or untrack it first'
  ],
  [
    new Errors.ContainerExists({ container, pid: 7, reason: "Tracked" }),
    409,
    'Cannot track process 7: it is tracked as "web" already, use that name or untrack it first'
  ],
  [
    new Errors.ContainerMismatch({ container, checkpoint, recorded: "A", found: "B" }),
    409,
    'Cannot restore checkpoint "first" into container "web": it was made of another container of that id ' +
    "(A, now B), remove that container or name the bundle to restore into"
  ],
  [
    new Errors.CheckpointExists({ container, checkpoint, directory }),
    409,
    'Cannot checkpoint container web: checkpoint with name "first" already exists in "/srv/checkpoints", ' +
    "choose another name or remove it first"
  ],
  [
    new Errors.CheckpointNotFound({ container, checkpoint, directory }),
    404,
    'Checkpoint "first" of container "web" not found in "/srv/checkpoints"'
  ],
  [
    new Errors.CheckpointNotFound({ container, checkpoint, directory, detail: "it is a symbolic link" }),
    404,
    'Checkpoint "first" of container "web" not found in "/srv/checkpoints": it is a symbolic link'
  ],
  [
    new Errors.CheckpointDamaged({ container, checkpoint, path, detail: "inventory.img is missing" }),
    500,
    'Cannot restore checkpoint "first" of container "web": it is damaged, inventory.img is missing ' +
    '(in "/srv/checkpoints/first")'
  ],
  [
    new Errors.ImagesNotFound({ path, reason: "there is no inventory.img in it" }),
    404,
    'Cannot find images of CRIU in "/srv/checkpoints/first": there is no inventory.img in it'
  ],
  [
    new Errors.SealRefused({ container, checkpoint, path, reason: "Damaged", detail: "mm-1.img: it is empty" }),
    409,
    'Cannot seal checkpoint "first" of container "web": it is damaged, mm-1.img: it is empty (in "/srv/checkpoints/first")'
  ],
  [
    new Errors.ImageUnreadable({ path, file: "mm-1.img", reason: "it ends within entry 0" }),
    500,
    'Cannot read the image "mm-1.img" in "/srv/checkpoints/first": it ends within entry 0'
  ],
  [
    new Errors.CheckpointBusy({ container }),
    409,
    'Container "web" is held by another operation, try again later or wait for it'
  ],
  [
    new Errors.CheckpointBusy({ container, checkpoint }),
    409,
    'Container "web" or its checkpoint "first" is held by another operation, try again later or wait for it'
  ],
  [
    new Errors.CheckpointBusy({ container, checkpoint, children: ["second", "third"] }),
    409,
    'Cannot remove checkpoint "first" of container "web": "second", "third" build on it, remove those first'
  ],
  [
    new Errors.CheckpointUnpublished({ container, checkpoint, path, detail: "no space is left" }),
    500,
    'Container web was checkpointed and stopped, but checkpoint "first" could not be published: no space is left; ' +
    'it is whole in "/srv/checkpoints/first", mend the cause and run recover'
  ],
  [
    new Errors.RuntimeUnavailable({
      runtime: "runc",
      program: "criu",
      detail: "it is not installed",
      remedy: "install criu"
    }),
    503,
    'Cannot use "criu": it is not installed; install criu'
  ],
  [failed({}), 500, "Cannot checkpoint container web: CRIU failed"],
  [
    failed({
      operation: "restore",
      reason: "FileChanged",
      detail: "/log has changed",
      hint: "put it back",
      log: "Error"
    }),
    500,
    "Cannot restore container web: /log has changed; put it back"
  ],
  ...Errors.FailureReason.literals.map((reason) =>
    [failed({ reason }), 500, "Cannot checkpoint container web: CRIU failed"] as const
  ),
  ...Errors.StorageReason.literals.map((reason) =>
    [
      new Errors.StorageFailed({ operation: "write", path, reason, detail: "the device said no" }),
      reason === "NoSpace" ? 507 : 500,
      'Cannot write "/srv/checkpoints/first": the device said no'
    ] as const
  ),
  [
    new Errors.TimedOut({ operation: "checkpoint", container, milliseconds: 500 }),
    504,
    "Cannot checkpoint container web: it took longer than 500 ms"
  ],
  [
    new Errors.HookFailed({ hook: "beforeFreeze", container, checkpoint, reason: "Failed", detail: "it is busy" }),
    500,
    'Cannot checkpoint container "web" as "first": hook "beforeFreeze" failed (it is busy); it was not frozen, ' +
    "mend the hook or leave it out"
  ],
  [
    new Errors.HookFailed({ hook: "afterDump", container, checkpoint, reason: "TimedOut", detail: "more than 5 ms" }),
    504,
    'Cannot tell container "web" of the end of checkpoint "first": hook "afterDump" took too long (more than 5 ms); ' +
    "do by hand what it was to do"
  ],
  [
    new Errors.HookFailed({ hook: "afterRestore", container, checkpoint, reason: "Failed", detail: "it is deaf" }),
    500,
    'Cannot tell container "web" of its restore from "first": hook "afterRestore" failed (it is deaf); ' +
    "do by hand what it was to do"
  ],
  [
    new Errors.EventLogFailed({ operation: "append", path: "/var/lib/stasis/events", detail: "no space is left" }),
    500,
    'Cannot append the event log "/var/lib/stasis/events": no space is left'
  ]
]

const tags = Errors.CheckpointError.members.map((member) => member._tag)

describe("CheckpointError", () => {
  it.each(table.map(([error, status, message]) => [error._tag, status, message, error] as const))(
    "%s, status %i: %s",
    (_, status, message, error) => {
      expect(error.message).toBe(message)
      expect(Errors.httpStatus(error)).toBe(status)
      expect(error).toBeInstanceOf(Error)
      expect(error.name).toBe(error._tag)
    }
  )

  it("has a row for every class", () => {
    expect([...new Set(table.map(([error]) => error._tag))].sort()).toEqual(tags.toSorted())
    expect(new Set(tags).size).toBe(tags.length)
  })

  it.each([...new Set(table.map(([, , message]) => message))])("keeps the grammar of messages: %s", (message) => {
    expect(message).toMatch(/^[A-Z][^\n]*[^\s.;:,]$/)
    expect(message.includes("undefined")).toBe(false)
  })
})

const encode = Schema.encodeSync(Errors.CheckpointError)
const decode = Schema.decodeUnknownEither(Errors.CheckpointError)

describe("CheckpointError over a wire", () => {
  for (const member of Errors.CheckpointError.members) {
    const sent = Arbitrary.make(Schema.make<unknown>(AST.encodedAST(member.ast))).map(overJson)
    it.prop(`${member._tag} comes back as it went`, [sent], ([data]) => {
      const error = Either.getOrUndefined(decode(data))
      expect(error).toBeInstanceOf(member)
      if (error === undefined) return
      expect(error._tag).toBe(member._tag)
      expect(overJson(encode(error))).toEqual(data)
      expect(Either.map(decode(overJson(encode(error))), ({ message }) => message)).toEqual(Either.right(error.message))
      expect(Errors.httpStatus(error) >= 400 && Errors.httpStatus(error) < 600).toBe(true)
    })
  }

  it.each(table.map(([error, , message]) => [error._tag, message, error] as const))(
    "%s keeps its words: %s",
    (_, message, error) => {
      const read = decode(JSON.parse(JSON.stringify(encode(error))))
      expect(Either.map(read, (again) => again.message)).toEqual(Either.right(message))
      expect(read).toEqual(Either.right(error))
    }
  )

  it.each([
    ["an unknown tag", { _tag: "Unheard", container: "a" }],
    ["no tag", { container: "a" }],
    ["a missing field", { _tag: "CheckpointExists", container: "a" }],
    ["a field of the wrong type", { _tag: "ContainerNotFound", container: 5 }],
    ["an unknown reason", { _tag: "InvalidCheckpointDirectory", directory: "/a", reason: "Whim" }]
  ])("does not read %s", (_, sent) => {
    expect(Either.isLeft(decode(sent))).toBe(true)
  })

  const word = FastCheck.stringMatching(/^[a-z]{5,9}$/)

  it.prop("says the values that it was given", [word, word, word, word], ([a, b, c, d]) => {
    const says = (error: Errors.CheckpointError, ...values: ReadonlyArray<string>) => {
      for (const value of values) expect(error.message).toContain(value)
    }
    says(new Errors.ContainerNotFound({ container: a }), a)
    says(new Errors.AmbiguousContainer({ container: a, matches: [b, c] }), a, b, c)
    says(new Errors.ContainerNotRunning({ container: a, state: b }), a)
    says(new Errors.ContainerRunning({ container: a }), `"${a}"`)
    says(new Errors.InvalidContainerName({ container: a, allowed: b }), `"${a}"`, b)
    says(new Errors.ContainerExists({ container: a, pid: 12, reason: "NameTaken" }), `"${a}"`, "12")
    says(new Errors.ContainerMismatch({ container: a, checkpoint: b, recorded: c, found: d }), `"${a}"`, `"${b}"`, c, d)
    says(new Errors.CheckpointExists({ container: a, checkpoint: b, directory: c }), a, `"${b}"`, `"${c}"`)
    says(
      new Errors.CheckpointNotFound({ container: a, checkpoint: b, directory: c, detail: d }),
      `"${a}"`,
      `"${b}"`,
      `"${c}"`,
      d
    )
    says(
      new Errors.CheckpointDamaged({ container: a, checkpoint: b, path: c, detail: d }),
      `"${a}"`,
      `"${b}"`,
      `"${c}"`,
      d
    )
    says(new Errors.ImagesNotFound({ path: a, reason: b }), `"${a}"`, b)
    says(new Errors.ImageUnreadable({ path: a, file: b, reason: c }), `"${a}"`, `"${b}"`, c)
    says(new Errors.CheckpointBusy({ container: a, checkpoint: b }), `"${a}"`, `"${b}"`)
    says(
      new Errors.CheckpointUnpublished({ container: a, checkpoint: b, path: c, detail: d }),
      a,
      `"${b}"`,
      `"${c}"`,
      d
    )
    says(new Errors.RuntimeUnavailable({ runtime: a, program: b, detail: c, remedy: d }), `"${b}"`, c, d)
    says(failed({ container: a, detail: b, hint: c }), a, b, c)
    says(new Errors.StorageFailed({ operation: a, path: b, reason: "Other", detail: c }), a, `"${b}"`, c)
    says(new Errors.OptionUnsupported({ option: a, runtime: b, detail: c, supportedBy: [d] }), `"${a}"`, b, c, d)
    for (const hook of Errors.HookName.literals) {
      const error = new Errors.HookFailed({ hook, container: a, checkpoint: b, reason: "TimedOut", detail: c })
      says(error, hook, `"${a}"`, `"${b}"`, c)
    }
    says(new Errors.EventLogFailed({ operation: "read", path: a, detail: b }), `"${a}"`, b)
  })
})
