/** Which CRIU is driven, and where names, checkpoints and events are kept. */
import type { FolderConfig } from "../shared/FolderLayout.ts"

/** What {@link layer} of `Criu.ts` is given. */
export interface CriuConfig {
  /** Where names, checkpoints and events are kept; `/var/lib/stasis` when absent. */
  readonly stasisRoot?: string | undefined
  /** CRIU's program; the first in `PATH` when absent. */
  readonly criu?: string | undefined
}

/** The same, completed. */
export interface CriuSettings {
  readonly criu: string
  readonly stasisRoot: string
  readonly folder: FolderConfig
  /** Variables for CRIU's processes. */
  readonly env: Readonly<Record<string, string>>
}

/** The name of this world's runtime in records and errors. */
export const runtimeName = "criu"

/** Completes a configuration. */
export const complete = (config: CriuConfig): CriuSettings => {
  const stasisRoot = config.stasisRoot ?? "/var/lib/stasis"
  return { criu: config.criu ?? "criu", stasisRoot, folder: { root: stasisRoot, scope: "criu/processes" }, env: {} }
}
