/** `stasis inspect --html FILE`: everything of a checkpoint as one page for a browser. */
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { kinds } from "../domain/image/kinds.ts"
import * as Checkpoints from "../effects/Checkpoints.ts"
import type { FoundImages } from "../effects/findImages.ts"
import { Images } from "../effects/Images.ts"
import { inspectImages } from "../effects/inspectCheckpoint.ts"
import { mapMemories } from "../effects/mapMemories.ts"
import { given } from "./criuFlags.ts"
import { type ImageInput, type ImagesError, imagesOf } from "./images.ts"
import { inWorldOf } from "./inWorlds.ts"
import { Output } from "./Output.ts"
import { areaTable } from "./page/areaTable.ts"
import { document } from "./page/document.ts"
import { markup } from "./page/markup.ts"
import { memoryMap, type NameOf } from "./page/memoryMap.ts"
import * as print from "./print.ts"
import { version } from "./version.ts"
import { wellFormed } from "./wellFormed.ts"
import { type Surroundings, Worlds } from "./Worlds.ts"
import { writeWhole } from "./writeWhole.ts"

/** Where the page goes. */
export interface PageOptions {
  /** `-` is standard output. */
  readonly file: string
  /** Whether a file that is there is written over. */
  readonly force: boolean
}

/** Draws the page of the images that are meant; every section is on it. */
export const readPage = (
  input: ImageInput & { readonly env: boolean }
): Effect.Effect<string, ImagesError, Worlds | Surroundings> =>
  Effect.gen(function* () {
    const { checkpointDir, container, env, name, path } = input
    if (Option.isSome(path) || Option.isNone(container) || Option.isNone(name)) {
      const found = yield* imagesOf("stasis inspect", input)
      return yield* Effect.provide(pageOf(found, env), (yield* Worlds).images)
    }
    yield* wellFormed({ names: [name.value], checkpointDir })
    return yield* Effect.gen(function* () {
      const checkpoint = yield* Checkpoints.get(container.value, name.value, given("checkpointDir", checkpointDir))
      return yield* pageOf({ folder: yield* (yield* Images).openDamaged(checkpoint.path), checkpoint }, env)
    }).pipe(inWorldOf(container.value, "read"))
  })

const pageOf = (found: FoundImages, environment: boolean) =>
  Effect.gen(function* () {
    const inspection = yield* inspectImages(found, { environment })
    const count = found.folder.files.filter(({ name }) => kinds.mm.file.test(name)).length
    const most = Math.max(30, Math.min(400, Math.floor(mostAreas / Math.max(1, count))))
    const maps = yield* mapMemories(found.folder, (memory, names) => {
      const nameOf: NameOf = ({ fileId }) => fileId === undefined ? undefined : names.get(fileId)
      return markup`${memoryMap(memory, nameOf, most)}${areaTable(memory, nameOf, most)}`
    })
    return document({
      inspection,
      maps,
      now: yield* Clock.currentTimeMillis,
      version,
      digest: (text) => createHash("sha256").update(text).digest("hex")
    })
  })

/** Writes a page, and says where to. */
export const writePage = (page: string, { file, force }: PageOptions) =>
  Effect.gen(function* () {
    if (file === "-") return yield* (yield* Output).out(page)
    yield* writeWhole(file, page, force)
    yield* print.result({
      schema: Written,
      value: { path: file },
      text: `Wrote the page to ${file}: open it in a browser\n`,
      names: [file]
    })
  })

const Written = Schema.Struct({ path: Schema.String })

/** Of all processes together: so many bars a browser draws without delay. */
const mostAreas = 20_000
