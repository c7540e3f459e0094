/**
 * The images that others build on, followed by the link that CRIU follows: they are there, and hold the pages that they are said to.
 * One that leads in a circle ends.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StorageFailed } from "../domain/CheckpointError.ts"
import type * as Contents from "../domain/verification/Contents.ts"
import * as PageFacts from "../domain/verification/PageFacts.ts"
import * as PagesFiles from "../domain/verification/PagesFiles.ts"
import * as NeededImages from "../domain/verification/NeededImages.ts"
import type { Problem } from "../domain/verification/Verification.ts"
import { checkSeal } from "./checkSeal.ts"
import { type ImageFolder, Images } from "./Images.ts"
import { readContents } from "./readContents.ts"

/** What is wrong with the images that a folder builds on. */
export const checkParents = (
  folder: ImageFolder,
  contents: Contents.Contents
): Effect.Effect<ReadonlyArray<Problem>, StorageFailed, Images> =>
  follow(folder, contents, PagesFiles.pageSize(contents), "", new Set([normal(folder.path)]))

/** All dumps of a chain are of one machine: `size` is the length of a page of the last one, in bytes. */
const follow = (
  folder: ImageFolder,
  contents: Contents.Contents,
  size: number,
  prefix: string,
  seen: ReadonlySet<string>
): Effect.Effect<ReadonlyArray<Problem>, StorageFailed, Images> =>
  Effect.gen(function* () {
    const images = yield* Images
    const builds = [...contents.pagemaps].filter(([, { inParent }]) => inParent.length > 0)
    const first = builds[0]?.[0]
    if (folder.parent === undefined) {
      return first === undefined
        ? []
        : [gone(`${prefix}parent`, `memory of ${first} is in a parent, and no link leads to one`)]
    }
    const path = normal(folder.parent)
    if (seen.has(path)) return first === undefined ? [] : [gone(`${prefix}parent`, "the links lead in a circle")]
    const parent = yield* Effect.catchTag(
      Effect.asSome(images.openDamaged(folder.parent)),
      "ImagesNotFound",
      () => Effect.succeedNone
    )
    if (Option.isNone(parent)) return [gone(`${prefix}parent`, `it leads to "${folder.parent}", where nothing is`)]
    const below = `${prefix}parent/`
    const wanted = new Set(builds.map(([map]) => map))
    // A checkpoint that is built on is whole by itself; a pre-dump is memory alone.
    const { contents: held, problems } = yield* readContents(parent.value, (file) =>
      /^(pagemap|core|inventory)-?/.test(file))
    const unheld = builds.flatMap(([map, { inParent }]) => {
      const known = held.pagemaps.get(map)?.known
      if (known === undefined) {
        return held.names.has(map) ? [] : [lost(`${below}${map}`, `${prefix}${map} builds on it`)]
      }
      const address = PageFacts.firstUnknown(inParent, known, size)
      return address === undefined ? [] : [
        lacking(`${below}${map}`, `it lacks the page at 0x${address.toString(16)}, which ${prefix}${map} has from it`)
      ]
    })
    const within = [...problems, ...PagesFiles.wrong(held, size), ...NeededImages.missingPages(held)]
      .filter(({ file }) =>
        !file.startsWith("pagemap-") || wanted.has(file)
      )
      .map((problem) => ({ ...problem, file: `${below}${problem.file}` }))
    // What lies in the folder itself is sealed with it.
    const sealed = path.startsWith(`${normal(folder.path)}/`)
      ? []
      : (yield* checkSeal(parent.value, yield* parent.value.entries)).problems
        .map((problem) => ({ ...problem, file: `${below}${problem.file}` }))
    const further = yield* follow(parent.value, held, size, below, new Set([...seen, path]))
    return [...unheld, ...within, ...sealed, ...further]
  })

/** A path by which a folder is known again. */
const normal = (path: string): string =>
  path.split("/").reduce<ReadonlyArray<string>>(
    (parts, part) => part === ".." ? parts.slice(0, -1) : part === "." || part === "" ? parts : [...parts, part],
    []
  ).map((part) => `/${part}`).join("")

const without = "CRIU does not find the memory that the parent has"

const gone = (file: string, detail: string): Problem => ({
  file,
  fault: "missing",
  detail,
  restore: "impossible",
  consequence: without
})

const lost = (file: string, by: string): Problem => gone(file, `${by}, and it is not there`)

const lacking = (file: string, detail: string): Problem => ({
  file,
  fault: "incomplete",
  detail,
  restore: "impossible",
  consequence: without
})
