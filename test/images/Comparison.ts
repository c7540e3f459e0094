/** Our reading of a folder of images held against crit's: entry by entry, field by field, and back to the bytes that CRIU wrote. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Image from "../../src/domain/image/Image.ts"
import * as ImageFile from "../../src/domain/image/ImageFile.ts"
import * as CritForm from "../golden/critForm.ts"
import * as Oracle from "./Oracle.ts"

/** What was found in a folder. */
export interface Comparison {
  /** The kinds of image that are in it, and of what is no image but CRIU's; the kinds of file as `files/REG`. */
  readonly kinds: ReadonlySet<string>
  /** An image of each kind that crit knows, by crit's name of that. */
  readonly examples: ReadonlyMap<string, string>
  /** A line for each place where we differ from crit, or know less than everything. */
  readonly faults: ReadonlyArray<string>
}

/** What lies in the folder and is none of CRIU's images. */
const others = /^(dump\.log|config\.json|spec\.json|descriptors\.json)$/

/** Reads a folder in both ways. */
export const make = (folder: string): Effect.Effect<Comparison> =>
  Effect.map(Oracle.read(folder), (lines) => {
    const kinds = new Set<string>()
    const faults: Array<string> = []
    const images = lines.filter(({ file }) => !others.test(file))
    for (const line of images) {
      const bytes = readFileSync(`${folder}/${line.file}`)
      const result = Image.decode(line.file, bytes)
      if (Either.isLeft(result)) faults.push(`${line.file}: ${result.left}`)
      else {
        for (const kind of kindsOf(result.right)) kinds.add(kind)
        faults.push(...faultsOf(result.right, bytes, line).map((fault) => `${line.file}: ${fault}`))
      }
    }
    const examples = new Map(images.map(({ file, magic }) => [magic ?? "", `${folder}/${file}`]))
    examples.delete("")
    return { kinds, examples, faults }
  })

const kindsOf = (image: Image.Decoded): ReadonlyArray<string> => {
  if (image._tag === "Unknown") return []
  if (image._tag === "Raw") return [image.name]
  const types = image.kind.name !== "files"
    ? []
    : CritForm.entriesOf(image).flatMap((entry) =>
      typeof entry === "object" && "type" in entry ? [`files/${entry["type"]}`] : []
    )
  return [image.kind.name, ...types]
}

const faultsOf = (
  image: Image.Decoded,
  bytes: Uint8Array,
  { entries, magic }: CritForm.Line
): ReadonlyArray<string> => {
  if (image._tag === "Unknown") return ["it is unknown"]
  if (image._tag === "Raw") return magic === undefined ? [] : [`it is raw, crit has ${magic}`]
  if (nameOf(image.kind.name) !== magic) return [`${image.kind.name}, crit has ${magic}`]
  const ours = CritForm.entriesOf(image)
  const written = ImageFile.write(image.kind, image.entries, image.head)
  return [
    ...CritForm.differences(ours, entries).map((one) => `entry ${one}`),
    ...(JSON.stringify(ours).includes(`"unknown":`) ? ["it has unknown fields"] : []),
    ...(written.every((byte, at) => byte === bytes[at]) && written.byteLength === bytes.byteLength
      ? []
      : ["it is not written as CRIU wrote it"])
  ]
}

/** crit's name of a kind: that of its number. */
const nameOf = (kind: string): string => kind.replace(/^shmem_/, "").toUpperCase()
