/** Looking into bytes by the host's `Buffer`: its search is the machine's own, and its text is made at once. */
import { Buffer } from "node:buffer"
import type { ByteViews } from "../../domain/memory/ByteView.ts"

/** By the host's `Buffer`. */
export const views: ByteViews = (bytes, to) => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, to)
  return {
    indexOf: (byte, from) => buffer.indexOf(byte, from),
    text: (from, until) => buffer.toString("latin1", from, until)
  }
}
