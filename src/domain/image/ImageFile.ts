/**
 * The frame of CRIU's image files: two magic numbers, then messages, each behind its length (images/README and
 * `criu/include/magic.h`).
 *
 * This file owns the frame, not what is in a message.
 */
import * as Either from "effect/Either"

/** The first number of an image in today's format. */
export const commonMagic = 0x54564319
/** The first number of a service file, such as the statistics. */
export const serviceMagic = 0x55105940

/** The messages of an image of one kind, or why it cannot be read. */
export const messages = (
  bytes: Uint8Array,
  first: number,
  second: number
): Either.Either<ReadonlyArray<Uint8Array>, string> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 8) return Either.left("it is too short for an image")
  if (view.getUint32(0, true) !== first || view.getUint32(4, true) !== second) {
    return Either.left("it does not begin with the numbers of its kind")
  }
  const found: Array<Uint8Array> = []
  let at = 8
  while (at < bytes.byteLength) {
    if (at + 4 > bytes.byteLength) return Either.left("it ends within the length of a message")
    const size = view.getUint32(at, true)
    at += 4
    if (at + size > bytes.byteLength) return Either.left("it ends within a message")
    found.push(bytes.subarray(at, at + size))
    at += size
  }
  return Either.right(found)
}
