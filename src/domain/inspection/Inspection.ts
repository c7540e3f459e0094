/**
 * What is in a checkpoint: its record, an overview, and the sections that were asked for.
 *
 * It is what `stasis inspect --format json` prints; `docs/schemas/inspection.json` is made of it.
 */
import * as Schema from "effect/Schema"
import { Checkpoint } from "../Checkpoint.ts"
import { Cgroups } from "./Cgroups.ts"
import { DumpFigures } from "./DumpFigures.ts"
import { Files } from "./Files.ts"
import { ImageSize } from "./ImageSize.ts"
import { Memory } from "./Memory.ts"
import { Mount } from "./Mount.ts"
import { Namespace } from "./Namespaces.ts"
import { Overview } from "./Overview.ts"
import { Problem } from "./Problem.ts"
import { Process } from "./Process.ts"

/** What is in a checkpoint. A section that was not asked for is absent; one of which nothing could be read is empty. */
export const Inspection = Schema.Struct({
  /** The checkpoint as it is listed; absent for a folder of images that is none. */
  checkpoint: Schema.optional(Checkpoint),
  /** Absent where there are no images. */
  overview: Schema.optional(Overview),
  /** A parent before its children. */
  processes: Schema.optional(Schema.Array(Process)),
  memory: Schema.optional(Memory),
  files: Schema.optional(Files),
  /** In the order in which they are to be mounted, a parent before its children. */
  mounts: Schema.optional(Schema.Array(Mount)),
  namespaces: Schema.optional(Schema.Array(Namespace)),
  cgroups: Schema.optional(Cgroups),
  statistics: Schema.optional(DumpFigures),
  /** The largest first. */
  images: Schema.optional(Schema.Array(ImageSize)),
  /** What could not be read, by the name of the file. Whatever needed it is missing above. */
  problems: Schema.Array(Problem)
}).annotations({ identifier: "Inspection" })
/** What is in a checkpoint. */
export type Inspection = typeof Inspection.Type
