/**
 * The root file system of a container that does not run: the layers that its snapshot is mounted from, and where a file of it
 * lies in them.
 *
 * It mounts nothing: while no task is there, nothing of it is mounted.
 */
import * as KernelFile from "../shared/KernelFile.ts"
import * as Wire from "./Wire.ts"

/**
 * The folders that make up a root file system, the uppermost first; `undefined` where it is made up in another way, as by a device.
 *
 * @param mounts as the snapshotter gives them (`containerd.types.Mount`)
 */
export const layers = (mounts: ReadonlyArray<Uint8Array>): ReadonlyArray<string> | undefined => {
  const [only] = mounts
  if (only === undefined || mounts.length > 1) return undefined
  const mount = Wire.read(only)
  const options = mount.all(4).map((one) => new TextDecoder().decode(one))
  const option = (name: string) => options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1)
  if (mount.text(1) === "bind") return [mount.text(2)]
  if (mount.text(1) !== "overlay") return undefined
  const upper = option("upperdir")
  return [...(upper === undefined ? [] : [upper]), ...(option("lowerdir")?.split(":") ?? [])]
}

/** Where a file of the root file system lies; what hides a file of the layers below hides it here, too. */
export const locate = (folders: ReadonlyArray<string>, inside: string): string =>
  folders.map((folder) => `${folder}${inside}`).find((path) => KernelFile.exists(path)) ??
    `${folders[0] ?? ""}${inside}`
