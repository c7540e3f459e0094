// Which test file belongs to which lane, by its name alone. `scripts/test.mjs` runs the lanes; `npx vitest` runs the
// quick one while you work.
// @effect-diagnostics processEnv:off
import { defineConfig } from "vitest/config"

const lab = "test/**/*.lab.test.ts"
const kernel = "test/**/*.kernel.test.ts"
const disk = "test/**/*.disk.test.ts"
const browser = "test/**/*.browser.test.ts"
const examples = "test/examples/*.test.ts"
const house = "test/house/*.test.ts"

const lanes: Record<string, { readonly include: Array<string>; readonly exclude: Array<string> }> = {
  unit: {
    include: ["test/**/*.test.ts"],
    exclude: [lab, kernel, disk, browser, examples, house, "test/house/stand-in/**"]
  },
  house: { include: [house], exclude: [] },
  examples: { include: [examples], exclude: [lab] },
  disk: { include: [disk], exclude: [examples] },
  browser: { include: [browser], exclude: [] },
  lab: { include: [lab], exclude: [] },
  kernel: { include: [kernel], exclude: [] }
}

const lane = process.env["STASIS_LANE"] ?? "unit"

export default defineConfig({
  resolve: {
    // Tests and examples name the package as its users do; they run on the source, not on a build.
    alias: [
      { find: /^stasis$/, replacement: new URL("./src/mod.ts", import.meta.url).pathname },
      {
        find: /^stasis\/HookCommand$/,
        replacement: new URL("./src/layers/shared/HookCommand.ts", import.meta.url).pathname
      },
      { find: /^stasis\/Memory$/, replacement: new URL("./src/layers/memory/Memory.ts", import.meta.url).pathname },
      {
        find: /^stasis\/Containerd$/,
        replacement: new URL("./src/layers/containerd/Containerd.ts", import.meta.url).pathname
      },
      {
        find: /^stasis\/Docker$/,
        replacement: new URL("./src/layers/docker/Docker.ts", import.meta.url).pathname
      },
      { find: /^stasis\/Criu$/, replacement: new URL("./src/layers/criu/Criu.ts", import.meta.url).pathname },
      { find: /^stasis\/Oci$/, replacement: new URL("./src/layers/oci/Oci.ts", import.meta.url).pathname }
    ]
  },
  test: {
    ...lanes[lane],
    root: import.meta.dirname,
    // The real thing has one machine to itself: one file at a time, and time enough for a slow first run.
    fileParallelism: lane !== "lab" && lane !== "kernel",
    ...(lane === "unit" ? {} : { testTimeout: lane === "kernel" ? 300_000 : 150_000, hookTimeout: 300_000 }),
    // A machine that stands still for a moment does not fail a whole run, and is not kept silent either: `scripts/test.mjs` names
    // each test that needed its second try, with what the first one saw.
    retry: process.env["CI"] === "true" ? 1 : 0,
    ...(lane === "lab" ? { globalSetup: "test/lab/leftBehind.lab.ts" } : {}),
    sequence: { concurrent: false }
  }
})
