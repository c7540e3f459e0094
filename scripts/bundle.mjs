// How programs are bundled into one file each that Node.js runs as it is.

/** What every bundle is built with. @type {import("esbuild").BuildOptions} */
export const bundling = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  // An optional native file watcher that a platform library looks for; it does without.
  external: ["@parcel/watcher"],
  banner: {
    js: [
      "#!/usr/bin/env node",
      // What comes from CommonJS asks for the modules of Node.js in its own way.
      `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url)`
    ].join("\n")
  },
  logLevel: "warning"
}
