/**
 * The program `stasis`: the one place that provides layers, turns signals into interruption, and ends the process.
 *
 * Nothing but the version is loaded before it is known to be needed.
 */
import process from "node:process"
import { version } from "./version.ts"

const argv = process.argv.slice(2)

if (argv.length === 1 && argv[0] === "--version") process.stdout.write(`${version}\n`)
else await import("./program.ts").then((program) => program.main(argv))
