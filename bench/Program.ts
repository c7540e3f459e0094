/** Where `run.mjs` puts what it bundles. */
import { fileURLToPath } from "node:url"

/** The bundled command line, beside the bundled benchmarks. */
export const program: string = fileURLToPath(new URL("stasis.js", import.meta.url))

/** The bundled benchmarks themselves. */
export const benchmarks: string = fileURLToPath(import.meta.url)
