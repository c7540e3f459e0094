/** The command line and the environment of a process, from the bytes of its memory (proc_pid_cmdline(5), proc_pid_environ(5)). */
import type { Variable } from "./Process.ts"

/** The arguments. Of a program that has written a title over them, and zeros to their end, the title alone. */
export const commandLineOf = (bytes: Uint8Array): ReadonlyArray<string> => {
  const [first, ...rest] = textsIn(bytes)
  return first === undefined ? [] : rest.every((text) => text === "") ? [first] : [first, ...rest]
}

/** The variables, by the order in which they lie; without their values unless these are asked for. */
export const environmentOf = (bytes: Uint8Array, withValues: boolean): ReadonlyArray<Variable> =>
  textsIn(bytes).flatMap((text) => {
    const at = text.indexOf("=")
    // What is no variable may be anything, a piece of a secret included.
    return at <= 0 ? [] : [{ name: text.slice(0, at), ...(withValues ? { value: text.slice(at + 1) } : {}) }]
  })

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })

/** Each ends with a zero, the last one maybe not. */
const textsIn = (bytes: Uint8Array): ReadonlyArray<string> =>
  bytes.byteLength === 0 ? [] : utf8.decode(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes).split("\0")
