// Which container a reference means, and whether two processes are one.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Container from "../../src/domain/Container.ts"

const container = (id: string, name?: string): Container.Container => ({
  id,
  ...(name === undefined ? {} : { name }),
  state: "running",
  labels: {},
  identity: id
})

const containers = [
  container("abc1", "web"),
  container("abc2", "db"),
  container("abd3"),
  container("f00", "abc1"),
  container("f01", "abd"),
  container("web2", "twin"),
  container("twin2", "twin"),
  container("noname", "")
]

const meant = (reference: string, among: ReadonlyArray<Container.Container> = containers) =>
  Either.match(Container.resolve(reference, among), {
    onLeft: (error) => error._tag === "AmbiguousContainer" ? error.matches : error._tag,
    onRight: ({ id }) => id
  })

describe("Container.resolve", () => {
  it.each([
    ["a whole id", "abc2", "abc2"],
    ["a name", "web", "abc1"],
    ["a name with Docker's slash", "/web", "abc1"],
    ["a prefix that one id has", "abd3", "abd3"],
    ["a prefix of one character that one id has", "n", "noname"],
    ["the id rather than the name of another", "abc1", "abc1"],
    ["the name rather than the id, behind a slash", "/abc1", "f00"],
    ["the name rather than the prefix of another's id", "abd", "f01"],
    ["an id in full rather than as a prefix", "f00", "f00"]
  ])("finds by %s", (_, reference, id) => {
    expect(meant(reference)).toBe(id)
  })

  it.each([
    ["a prefix of two ids", "abc", ["abc1", "abc2"]],
    ["a prefix of ids, in order", "f", ["f00", "f01"]],
    ["a name of two", "twin", ["twin2", "web2"]],
    ["a name of two, with a slash", "/twin", ["twin2", "web2"]]
  ])("does not choose for %s", (_, reference, ids) => {
    expect(meant(reference)).toEqual(ids)
  })

  it.each([
    ["nothing, though one has an empty name", ""],
    ["a slash", "/"],
    ["two slashes", "//web"],
    ["a name in part", "we2"],
    ["an id with more behind it", "abc11"],
    ["an id behind a slash", "/abc2"],
    ["another case", "WEB"],
    ["a space", " web"],
    ["the name of what every object has", "constructor"]
  ])("finds nobody by %s", (_, reference) => {
    expect(meant(reference)).toBe("ContainerNotFound")
  })

  it("finds the only one by no empty reference either", () => {
    expect(meant("", [container("abc")])).toBe("ContainerNotFound")
    expect(meant("abc", [])).toBe("ContainerNotFound")
  })

  it("names what was looked for, and all that it could be", () => {
    const messageOf = (reference: string) =>
      Either.match(Container.resolve(reference, containers), { onLeft: (error) => error.message, onRight: () => "" })
    expect(messageOf("nope")).toBe("No such container: nope")
    expect(messageOf("abc")).toBe("Multiple IDs found with provided prefix: abc (abc1, abc2)")
  })

  const word = FastCheck.string({ unit: FastCheck.constantFrom("a", "b", "/"), minLength: 1, maxLength: 3 })
  const some = FastCheck.uniqueArray(
    FastCheck.tuple(word, FastCheck.option(word, { nil: undefined })).map(([id, name]) => container(id, name)),
    { selector: ({ id }) => id, maxLength: 8 }
  )

  it.prop("never means one where two would do, and finds every id in full", [word, some], ([reference, among]) => {
    const name = reference.replace(/^\//, "")
    const byId = among.filter(({ id }) => id === reference)
    const byName = among.filter((each) => each.name === name)
    const byPrefix = among.filter(({ id }) => id.startsWith(reference))
    const level = name === "" ? [] : [byId, byName, byPrefix].find((found) => found.length > 0) ?? []
    const ids = level.map(({ id }) => id)
    expect(meant(reference, among)).toEqual(
      ids.length === 0 ? "ContainerNotFound" : ids.length === 1 ? ids[0] : ids.toSorted()
    )
  })
})

describe("Container.isLive", () => {
  it.each<readonly [Container.ContainerState, boolean]>([
    ["created", false],
    ["running", true],
    ["paused", true],
    ["restarting", false],
    ["stopped", false],
    ["forgotten", false]
  ])("of one that is %s is %s", (state, live) => {
    expect(Container.isLive({ ...container("a"), state })).toBe(live)
  })

  it("was asked of every state", () => {
    expect(Container.ContainerState.literals).toHaveLength(6)
  })
})

describe("Container.isSameProcess", () => {
  const process = { pid: 7, startTime: 100, bootId: "x" }

  it.each([
    ["the same", process, { ...process }, true],
    ["another pid", process, { ...process, pid: 8 }, false],
    ["another start of that pid", process, { ...process, startTime: 101 }, false],
    ["another boot", process, { ...process, bootId: "y" }, false],
    ["a boot known of one only", process, { pid: 7, startTime: 100 }, false],
    ["no boot known of either", { pid: 7, startTime: 100 }, { pid: 7, startTime: 100 }, true],
    ["a second one that is not known", process, undefined, false],
    ["a first one that is not known", undefined, process, false],
    ["none that is known", undefined, undefined, false]
  ])("with %s", (_, one, other, same) => {
    expect(Container.isSameProcess(one, other)).toBe(same)
    expect(Container.isSameProcess(other, one)).toBe(same)
  })

  it.prop("holds for any known process and itself", [
    FastCheck.record({ pid: FastCheck.nat(), startTime: FastCheck.nat(), bootId: FastCheck.uuid() })
  ], ([each]) => {
    expect(Container.isSameProcess(each, { ...each })).toBe(true)
  })
})
