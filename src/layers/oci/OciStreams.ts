/**
 * The standard streams of a restored container. A stream that was a pipe becomes a new pipe, whose reader lives as
 * long as the container and writes to a file or nowhere; any other stream is what it was, as CRIU keeps it.
 *
 * Pure: it wraps a command, it starts nothing. The wrapping is a POSIX shell, for it alone makes plain pipes between
 * processes that outlive this one.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { OptionUnsupported } from "../../domain/CheckpointError.ts"
import type { OciRestoreOptions } from "../../domain/CheckpointOptions.ts"

/** The file beside the images in which both runtimes keep what the standard streams were. */
export const descriptorsName = "descriptors.json"

/** Which of input, output and error were pipes. */
export interface Pipes {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
}

/** Reads `descriptors.json`; nothing is a pipe where it cannot be read. */
export const parse = (text: string | undefined): Pipes => {
  const [stdin = "", stdout = "", stderr = ""] = Either.getOrElse(decode(text ?? ""), () => [])
  return { stdin: isPipe(stdin), stdout: isPipe(stdout), stderr: isPipe(stderr) }
}

/** Refuses a file for a stream that was no pipe: CRIU would leave it as it was. */
export const check = (
  runtime: string,
  pipes: Pipes,
  options: OciRestoreOptions
): Either.Either<void, OptionUnsupported> => {
  const option = options.stdout !== undefined && !pipes.stdout
    ? "stdout"
    : options.stderr !== undefined && !pipes.stderr
    ? "stderr"
    : undefined
  return option === undefined ? Either.void : Either.left(
    new OptionUnsupported({
      option: `oci.${option}`,
      runtime,
      detail: "the stream was no pipe when the container was checkpointed, and it stays what it was",
      supportedBy: []
    })
  )
}

/** A program with its arguments. */
export interface Call {
  readonly program: string
  readonly args: ReadonlyArray<string>
}

/**
 * Wraps a call so that the container which it leaves behind has its pipes; the exit code is the call's.
 *
 * @param workPath a folder for a fifo that brings the exit code
 * @param inherited how many descriptors, from 3 on, the call inherits and the readers must not
 */
export const wrap = (
  call: Call,
  pipes: Pipes,
  options: OciRestoreOptions,
  workPath: string,
  inherited: number
): Call => {
  if (!pipes.stdin && !pipes.stdout && !pipes.stderr) return call
  const closed = Array.from({ length: inherited }, (_, index) => `${index + 3}>&-`).join(" ")
  return {
    program: "sh",
    args: ["-c", script(pipes, closed), "sh", workPath, options.stdout ?? "/dev/null", options.stderr ?? "/dev/null"]
      .concat(call.program, call.args)
  }
}

// Descriptor 9 carries the output around the pipe of the errors; leases take the ones from 3 on. Pipelines run in the
// background, so that no shell waits for their readers: it would hold the leases for as long as the container lives.
const script = (pipes: Pipes, closed: string): string => `
umask 077
code=$1/code out=$2 err=$3
shift 3
mkfifo "$code" || exit 1
call() { "$@"; echo $? >"$code"; }
input() { ${pipes.stdin ? ': | "$@"' : '"$@"'}; }
errors() {
  ${pipes.stderr ? `"$@" 2>&1 >&9 9>&- | cat >>"$err" 9>&- ${closed} &` : '"$@" >&9 9>&-'}
}
output() {
  ${pipes.stdout ? `errors "$@" 9>&1 | cat >>"$out" ${closed} &` : 'errors "$@" 9>/dev/null'}
}
output input call "$@"
read -r code <"$code"
exit "$code"
`

const isPipe = (descriptor: string): boolean => descriptor.startsWith("pipe:")

const decode = Schema.decodeEither(Schema.parseJson(Schema.Array(Schema.String)))
