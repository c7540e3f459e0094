/** The kinds of areas of a process's memory, as a person asks for them; finer ones are in `image/AreaFlags.ts`. */
import * as Schema from "effect/Schema"
import type * as AreaFlags from "../image/AreaFlags.ts"

/**
 * What an area of memory is: `file` is a private mapping of a file, `shared` whatever other processes may have too (a file, memory
 * without one, a memfd, a System V segment), `vdso` the kernel's own pages (vdso and vvar).
 */
export const AreaKind = Schema.Literal("heap", "stack", "anonymous", "file", "shared", "vdso", "other")
/** What an area of memory is. */
export type AreaKind = typeof AreaKind.Type

/** The kind of an area by what CRIU says of it. `isShared` tells a memfd that is mapped privately from one that is shared. */
export const ofForm = (form: AreaFlags.AreaKind, isShared: boolean): AreaKind => {
  switch (form) {
    case "heap":
    case "stack":
    case "anonymous":
    case "file":
    case "vdso":
    case "shared":
      return form
    case "vvar":
      return "vdso"
    case "shared-file":
    case "sysv":
      return "shared"
    case "memfd":
      return isShared ? "shared" : "file"
    default:
      return "other"
  }
}
