/** Which runtime of containers is driven, and where it keeps its state. */
import { encodeComponent } from "../../domain/CheckpointDirectory.ts"

/** The runtimes that are known. */
export type RuntimeName = "runc" | "crun"

/** What {@link layer} of `Oci.ts` is given. */
export interface OciConfig {
  readonly runtime: RuntimeName
  /** The runtime's program; its name, looked up in `PATH`, when absent. */
  readonly program?: string | undefined
  /** The runtime's state folder (its `--root`); the one that it uses by itself when absent. */
  readonly root?: string | undefined
  /** Where checkpoints and events are kept; `/var/lib/stasis` when absent. */
  readonly stasisRoot?: string | undefined
  /** CRIU's program, a path that ends in `/criu`; the first in `PATH` when absent. */
  readonly criu?: string | undefined
}

/** The same, completed. */
export interface OciSettings {
  readonly runtime: RuntimeName
  readonly program: string
  readonly root: string
  readonly stasisRoot: string
  readonly criu: string
  /** An engine has made the containers, and does itself away with what the runtime keeps of one that has ended. */
  readonly ofEngine: boolean
  /** Variables for the runtime's processes: how a chosen CRIU gets to be the first in `PATH`. */
  readonly env: Readonly<Record<string, string>>
}

/** The folder below the stasis root of what is kept of the containers of one root. */
export const scopeOf = (root: string): string => `oci/${encodeComponent(root)}`

/** Completes a configuration. `path` is the `PATH` of this process. */
export const complete = (config: OciConfig, path: string): OciSettings => ({
  runtime: config.runtime,
  program: config.program ?? config.runtime,
  root: config.root ?? `/run/${config.runtime}`,
  stasisRoot: config.stasisRoot ?? "/var/lib/stasis",
  criu: config.criu ?? "criu",
  ofEngine: false,
  env: config.criu === undefined || !config.criu.includes("/")
    ? {}
    : { PATH: `${config.criu.slice(0, config.criu.lastIndexOf("/"))}:${path}` }
})
