/** The images of the first golden checkpoint but for its pages, as a folder that is on no disk. */
import * as Effect from "effect/Effect"
import { ImageUnreadable } from "../../src/domain/CheckpointError.ts"
import type { ImageFolder } from "../../src/effects/Images.ts"
import { fromBase64 } from "../domain/image/fromBase64.ts"
import { images } from "./web1.ts"

/** The folder, with some files in place of its own; one that is `undefined` is gone. */
export const goldenFolder = (
  path: string,
  changes: Readonly<Record<string, Uint8Array | undefined>> = {}
): ImageFolder => {
  const all = new Map(Object.entries(images).map(([name, text]) => [name, fromBase64(text)]))
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === undefined) all.delete(name)
    else all.set(name, bytes)
  }
  const read = (name: string) => {
    const bytes = all.get(name)
    return bytes === undefined
      ? Effect.fail(new ImageUnreadable({ path, file: name, reason: "it is not there" }))
      : Effect.succeed(bytes)
  }
  return {
    path,
    files: [...all].map(([name, { byteLength }]) => ({ name, bytes: byteLength })),
    parent: undefined,
    read,
    open: (name) =>
      Effect.map(read(name), (bytes) => ({
        bytes: bytes.byteLength,
        read: (position, into) =>
          Effect.sync(() => {
            const part = bytes.subarray(position, position + into.byteLength)
            into.set(part)
            return part.byteLength
          })
      })),
    entries: Effect.dieMessage("nobody asks for them"),
    digest: () => Effect.dieMessage("nobody asks for it"),
    keep: () => Effect.dieMessage("nothing is kept")
  }
}
