/** The version of the package. */
import manifest from "../../package.json" with { type: "json" }

/** As `stasis --version` prints it. */
export const version: string = manifest.version
