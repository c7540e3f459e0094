/** Checkpoints and failures as the command line meets them. */
import type { Checkpoint } from "../../src/domain/Checkpoint.ts"
import type { Created, Restored } from "../../src/domain/Outcome.ts"

/** A whole checkpoint with everything in its record. */
export const whole: Checkpoint = {
  name: "first",
  container: "4f0b9d8c7e6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c",
  directory: "/var/lib/stasis/runc/%2frun%2frunc/web/checkpoints",
  path: "/var/lib/stasis/runc/%2frun%2frunc/web/checkpoints/first",
  status: "complete",
  created: "1970-01-01T00:00:00.000000000Z",
  tcp: true,
  unixSockets: false,
  shell: false,
  exit: true,
  emptyNS: [],
  record: {
    version: 1,
    published: true,
    runtime: { name: "runc", version: "1.1.15", criu: "4.2", kernel: "6.18.0" },
    options: { tcpEstablished: true, ghostLimit: 4096 },
    bytes: 12_345_678,
    milliseconds: 251,
    statistics: {
      freezingMicros: 900,
      frozenMicros: 84_000,
      memoryDumpMicros: 20_000,
      memoryWriteMicros: 10_000,
      pagesScanned: 4000,
      pagesSkippedParent: 0,
      pagesWritten: 3000
    },
    files: [{ path: "/srv/log", size: 2048 }]
  }
}

/** One that another program made, and whose record does not read. */
export const damaged: Checkpoint = {
  ...omitRecord(whole),
  name: "zweite",
  path: `${whole.directory}/zweite`,
  status: "damaged",
  damage: "config.json is not valid JSON",
  created: ""
}

/** The result of a create that stopped the container. */
export const created: Created = { checkpoint: whole, state: "forgotten", warnings: [] }

/** The result of a restore. */
export const restored: Restored = { checkpoint: whole, state: "running", pid: 4711, warnings: [] }

function omitRecord({ record: _, ...rest }: Checkpoint): Checkpoint {
  return rest
}
