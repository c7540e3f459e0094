/**
 * The standard streams of a restored task: those that it had, where they are still there; else what it writes is thrown away, so
 * that it never waits for a reader.
 *
 * Pure.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Streams } from "./Services.ts"

const Kept = Schema.parseJson(Schema.Struct({
  stdin: Schema.String,
  stdout: Schema.String,
  stderr: Schema.String,
  terminal: Schema.Boolean
}))

const decode = Schema.decodeEither(Kept)

/** A task that has none is given `/dev/null` by its shim. */
const none: Streams = { stdin: "", stdout: "", stderr: "", terminal: false }

/** Reads what was kept; none where it cannot be read. */
export const parse = (text: string | undefined): Streams => Either.getOrElse(decode(text ?? ""), () => none)

/**
 * The streams to restore with. A URI (`file://`, `binary://`) stays good. A fifo is, where somebody reads it: else the shim would
 * wait for a reader, without a bound, before the restore has ended.
 *
 * @param isRead whether somebody reads the fifo of a path
 */
export const forRestore = (kept: Streams, isRead: (path: string) => boolean): Streams => {
  const isThere = (stream: string) => stream === "" || stream.includes("://") || isRead(stream)
  return isThere(kept.stdout) && isThere(kept.stderr)
    ? kept
    // The shim takes one URI for both, and makes the pipes that the restored processes have.
    : { ...kept, stdout: nowhere, stderr: nowhere }
}

/**
 * The fifo of the input, where it has to be made again: without one, the shim would give the processes a `/dev/null` of the machine
 * in place of their pipe, and they could be checkpointed no more.
 */
export const missingInput = ({ stdin }: Streams, exists: (path: string) => boolean): string | undefined =>
  stdin.startsWith("/") && !exists(stdin) ? stdin : undefined

const nowhere = "file:///dev/null"
