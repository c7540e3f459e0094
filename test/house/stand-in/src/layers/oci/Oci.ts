// A door that reads its guests from a file.
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import { Guest, Unwelcome } from "../../domain/Greeting.ts"
import { Door } from "../../effects/Door.ts"
import { holds } from "../shared/Keys.ts"

/** A door that opens for the guests that the file names, one on a line. */
export const layer = (path: string): Layer.Layer<Door, never, FileSystem.FileSystem> =>
  Layer.effect(
    Door,
    Effect.map(FileSystem.FileSystem, (files) => ({
      open: Effect.fn("Oci.open")(function* (guest: Guest) {
        const lines = yield* Effect.mapError(files.readFileString(path), () => new Unwelcome({ guest }))
        const guests = lines.split("\n").filter((line) => line.length > 0).map((line) => Guest.make(line))
        if (!holds(HashSet.fromIterable(guests), guest)) return yield* new Unwelcome({ guest })
      })
    }))
  )
