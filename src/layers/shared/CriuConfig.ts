/**
 * A configuration file of CRIU for one call: what a runtime has no flag for (criu(8), "CONFIGURATION FILES").
 *
 * Pure text. CRIU reads the file that the environment variable {@link variable} names, under runc and crun alike.
 */

/** The environment variable that names the file. */
export const variable = "CRIU_CONFIG_FILE"

/** An option by its long name, without dashes; `true` for one that takes no value. */
export type Options = Readonly<Record<string, string | number | true>>

/** Whether there is anything to write. */
export const isEmpty = (options: Options): boolean => Object.keys(options).length === 0

/** Prints a configuration file: one option a line, a value that holds blanks in quotes. */
export const print = (options: Options): string =>
  Object.entries(options)
    .map(([name, value]) => value === true ? `${name}\n` : `${name} ${quote(String(value))}\n`)
    .join("")

const quote = (value: string): string =>
  /[\s"'#\\]/.test(value) ? `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : value
