/**
 * What processes share, on both sides: memory without a file, memfds and segments. Which one before is which one after is told by the
 * areas that map them, for their ids are the kernel's and are others after a restore.
 */
import { type ProcessSide, sharedIdOf } from "./ProcessSide.ts"
import { pairAreas } from "./pairAreas.ts"
import type { PageOwner, PagesToCompare } from "./PagesToCompare.ts"

/** A piece of shared memory, on both sides or on one. */
export interface SharedObject extends PageOwner {
  readonly before: bigint | undefined
  readonly after: bigint | undefined
}

/** All of them. */
export class SharedObjects {
  readonly #before = new Map<bigint, SharedObject>()
  readonly #after = new Map<bigint, SharedObject>()
  readonly #pages: PagesToCompare

  constructor(
    pages: PagesToCompare,
    sides: ReadonlyArray<{ readonly before: ProcessSide | undefined; readonly after: ProcessSide | undefined }>
  ) {
    this.#pages = pages
    const ids = { before: new Set<bigint>(), after: new Set<bigint>() }
    for (const { after, before } of sides) {
      for (const pair of pairAreas(before?.areas ?? [], after?.areas ?? [])) {
        const one = before === undefined || pair.before === undefined ? undefined : sharedIdOf(before, pair.before)
        const other = after === undefined || pair.after === undefined ? undefined : sharedIdOf(after, pair.after)
        if (one !== undefined) ids.before.add(one)
        if (other !== undefined) ids.after.add(other)
        if (one !== undefined && other !== undefined && !this.#before.has(one) && !this.#after.has(other)) {
          this.#make(one, other)
        }
      }
    }
    // Whoever mapped it is another process now.
    for (const id of ids.before) if (!this.#before.has(id)) this.#make(id, this.#isFree(id, ids.after) ? id : undefined)
    for (const id of ids.after) if (!this.#after.has(id)) this.#make(undefined, id)
  }

  /** Each once. */
  get all(): ReadonlySet<SharedObject> {
    return new Set([...this.#before.values(), ...this.#after.values()])
  }

  /** The one of these ids; where they are of two, the one of now. */
  find(before: bigint | undefined, after: bigint | undefined): SharedObject | undefined {
    return after === undefined ? before === undefined ? undefined : this.#before.get(before) : this.#after.get(after)
  }

  #isFree(id: bigint, after: ReadonlySet<bigint>): boolean {
    return after.has(id) && !this.#after.has(id)
  }

  #make(before: bigint | undefined, after: bigint | undefined): void {
    const object = { before, after, ...this.#pages.owner(true) }
    if (before !== undefined) this.#before.set(before, object)
    if (after !== undefined) this.#after.set(after, object)
  }
}
