/**
 * Whether the daemon's files are the files that are seen here. A daemon may be on another machine, or in a container, whatever the
 * way to it is.
 */
import * as KernelFile from "../shared/KernelFile.ts"
import type { Info } from "./DockerInfo.ts"

/**
 * Whether this process sees the daemon's root: the id that lies in it is the one that the daemon tells; before Docker 23 there is none, and
 * a folder of containers has to do. Without
 * the right to read it, which is root's, the daemon's files are not ours either.
 */
export const isLocal = ({ DockerRootDir, ID }: Pick<Info, "DockerRootDir" | "ID">): boolean => {
  const id = KernelFile.read(`${DockerRootDir}/engine-id`)
  return id === undefined ? KernelFile.names(`${DockerRootDir}/containers`) !== undefined : id.trim() === ID
}
