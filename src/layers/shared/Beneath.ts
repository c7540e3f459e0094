/**
 * The OCI runtime beneath an engine, such as runc beneath Docker: handed to the engine's world by composition, for no world
 * imports another.
 */
import type * as Layer from "effect/Layer"
import type { Runtime } from "../../effects/Runtime.ts"

/** A runtime of containers as an engine uses it. */
export interface Place {
  /** What it is, whatever its program is called. */
  readonly runtime: "runc" | "crun"
  readonly program: string
  /** The state folder that the engine has it use (its `--root`). */
  readonly root: string
}

/** Gives the runtime at a place; it leaves it to the engine to forget what has ended. */
export type Beneath = (place: Place) => Layer.Layer<Runtime>
