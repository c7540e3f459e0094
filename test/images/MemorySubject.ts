/**
 * A process that says itself what its memory holds: each dump of it comes with the ranges of addresses that it knows, the digest of
 * the bytes that it read there, and words that it wrote and where. What reads the images is held to it.
 */
import { existsSync, readFileSync } from "node:fs"
import process from "node:process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { poll } from "../layers/oci/LabContainer.ts"
import * as Dump from "./Dump.ts"

/** A range of addresses as the process knows it. */
interface Range {
  /** Of what kind the area is. */
  readonly kind: "heap" | "stack" | "anonymous" | "shared" | "file"
  /** Hexadecimal, from `0x` on. */
  readonly address: string
  /** In bytes. */
  readonly length: number
  /** Of all its bytes, those of holes included. */
  readonly sha256: string
  /** Where the bytes are: in the dump, wholly or between holes; in the file that is mapped; nowhere, since they are zero. */
  readonly held: "dump" | "file" | "zero"
}

/** What the process said of its memory when it was dumped. */
interface Manifest {
  readonly pid: number
  /** How often it has changed its memory. */
  readonly step: number
  readonly ranges: ReadonlyArray<Range>
  /** Words that are nowhere else in its memory, but where it has read or copied them itself. */
  readonly needles: ReadonlyArray<{ readonly address: string; readonly text: string }>
}

/** A dump, and what the process said at that time. */
export interface Dumped {
  /** The folder of images. */
  readonly images: string
  readonly manifest: Manifest
}

/** The process. */
export interface MemorySubject {
  readonly pid: number
  /** Its folder: the file that it has mapped is `file` there. */
  readonly folder: string
  /** Dumps it as it is, into a folder of this name, and leaves it running. */
  readonly dump: (name: string, ...flags: ReadonlyArray<string>) => Effect.Effect<Dumped>
  /** Has it change a part of its memory. */
  readonly step: Effect.Effect<void>
}

/** What it has on its stack. */
const onTheStack = "needle on the stack ".repeat(200)

/** Starts it; it is gone with the scope, as its dumps are. */
export const start: Effect.Effect<MemorySubject, never, Scope.Scope> = Effect.map(
  Dump.start({ source: "contents.py", by: ["env", `ON_THE_STACK=${onTheStack}`] }),
  (subject) => {
    let steps = 0
    const manifest = (step: number) => `${subject.folder}/manifest-${step}`
    return {
      pid: subject.pid,
      folder: subject.folder,
      dump: (name, ...flags) =>
        Effect.map(subject.dump(name, ...flags), (images) => ({
          images,
          manifest: JSON.parse(readFileSync(manifest(steps), "utf8"))
        })),
      step: Effect.suspend(() => {
        steps++
        process.kill(subject.pid, "SIGUSR1")
        return Effect.asVoid(poll(Effect.sync(() => existsSync(manifest(steps))), (there) => there))
      })
    }
  }
)

/** The flags of a dump that later ones can build on: it needs a kernel that tracks changed memory. */
export const tracked = "--track-mem"

/** The flags of a dump that builds on another one in the same folder, by its name. */
export const buildsOn = (name: string): ReadonlyArray<string> => [tracked, `--prev-images-dir=../${name}`]
