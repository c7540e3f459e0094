/**
 * Where things lie on disk: pure paths, of the stasis root and of what stands beside a checkpoint directory.
 *
 * ```
 * <stasis root>/<scope>/<container>/checkpoints/<name>/      the container's own checkpoint directory
 * <stasis root>/<scope>/<container>/{lock,directories.json}  its lock, and the custom directories it is known in
 * <stasis root>/<scope>/<container>/last-dump                the operation that dumped it last
 * <parent of a directory>/.<its name>.stasis/                what is no checkpoint yet, or no longer (the annex)
 *   locks/<name>   trash/<random>   children/<parent>/<child>   staging/<container>/<operation>/{intent.json,boot,claimed,synced,images/,work/}
 * ```
 */
import { type CheckpointDirectory, encodeComponent, split } from "../../domain/CheckpointDirectory.ts"
import type { CheckpointName } from "../../domain/CheckpointName.ts"
import type { Container } from "../../domain/Container.ts"

/** Which world's containers a store is for. */
export interface FolderConfig {
  /** The stasis root: an absolute path. */
  readonly root: string
  /** World, and runtime root or namespace encoded, e.g. `oci/%2frun%2frunc`. */
  readonly scope: string
}

/** The folder of all containers of a world. */
export const worldPath = ({ root, scope }: FolderConfig): string => `${root}/${scope}`

/** What is kept of one container, whether it has a root of its own or not. */
export const homePath = (config: FolderConfig, container: string): string =>
  `${worldPath(config)}/${encodeComponent(container)}`

/** The container's own checkpoint directory. */
export const ownDirectory = (config: FolderConfig, container: Container): string =>
  `${container.root ?? homePath(config, container.id)}/checkpoints`

/** The annex beside a directory. */
export const annexBeside = (directory: CheckpointDirectory): string => {
  const { base, parent } = split(directory)
  return `${parent === "/" ? "" : parent}/.${base}.stasis`
}

/** The annex inside a directory, for one whose parent is on another file system. */
export const annexInside = (directory: CheckpointDirectory): string => `${directory}/.stasis`

/** Where the attempts of one container are staged. */
export const stagingPath = (annex: string, config: FolderConfig, container: string): string =>
  `${annex}/staging/${encodeComponent(`${config.scope}:${container}`)}`

/** Where removed checkpoints are deleted. */
export const trashPath = (annex: string): string => `${annex}/trash`

/** The names of the checkpoints that build on one, as empty folders. */
export const childrenPath = (annex: string, parent: CheckpointName): string => `${annex}/children/${parent}`

/** The lock of one name in a directory. */
export const nameLockPath = (annex: string, name: CheckpointName): string => `${annex}/locks/${name}`

/** The lock of one container. */
export const containerLockPath = (config: FolderConfig, container: string): string =>
  `${homePath(config, container)}/lock`

/** The operation that dumped a container last. */
export const lastDumpPath = (config: FolderConfig, container: string): string =>
  `${homePath(config, container)}/last-dump`

/** The custom directories that a container's checkpoints were put in: a hint. */
export const indexPath = (config: FolderConfig, container: string): string =>
  `${homePath(config, container)}/directories.json`
