/**
 * What containerd hands on to the shim of runc, in messages of the shim's own (containerd's
 * `api/types/runc/options/oci.proto`), packed as `google.protobuf.Any` (`google/protobuf/any.proto`).
 *
 * Pure. What a caller may ask of it is checked in `ContainerdOptions.ts`.
 */
import * as Wire from "./Wire.ts"

/** A message with the name of its kind. */
export interface Any {
  readonly type: string
  readonly value: Uint8Array
}

/** Reads an `Any`. */
export const readAny = (bytes: Uint8Array): Any => {
  const found = Wire.read(bytes)
  return { type: found.text(1), value: found.bytes(2) }
}

/** Writes an `Any`. */
export const writeAny = ({ type, value }: Any): Uint8Array => Wire.write({ 1: type, 2: value })

/** What a dump is asked for (`containerd.runc.v1.CheckpointOptions`); the shim takes no notice of its `cgroups_mode`. */
export interface CheckpointOptions {
  /** The task ends in the dump. */
  readonly exit: boolean
  readonly openTcp: boolean
  readonly externalUnixSockets: boolean
  readonly terminal: boolean
  readonly fileLocks: boolean
  readonly imagePath: string
  readonly workPath: string
}

/** Packs what a dump is asked for. */
export const checkpoint = (options: CheckpointOptions): Any => ({
  type: "containerd.runc.v1.CheckpointOptions",
  value: Wire.write({
    1: options.exit,
    2: options.openTcp,
    3: options.externalUnixSockets,
    4: options.terminal,
    5: options.fileLocks,
    8: options.imagePath,
    9: options.workPath
  })
})

/** The kind of the options that a task of runc is created with. */
const kind = "containerd.runc.v1.Options"

/** Whether the shim of runc takes options of this kind, as containerd before us has them or none. */
export const isOurs = ({ type }: Any): boolean => type === "" || type === kind || type === `type.googleapis.com/${kind}`

/** Where runc keeps its state, of all namespaces, when the options name no other folder (the shim's `RuncRoot`). */
const defaultRoot = "/run/containerd/runc"

/** The state folder of runc for the containers of a namespace. */
export const root = (own: Any, namespace: string): string => {
  const chosen = isOurs(own) ? Wire.read(own.value).text(7) : ""
  return `${chosen === "" ? defaultRoot : chosen}/${namespace}`
}

/** The program that the shim runs: runc, or one that takes its arguments. */
export const program = (own: Any): string => {
  const chosen = isOurs(own) ? Wire.read(own.value).text(6) : ""
  return chosen === "" ? "runc" : chosen
}

/** A container's own options, with the images to restore from. */
export const restore = (own: Any, paths: { readonly imagePath: string; readonly workPath: string }): Any => ({
  type: kind,
  value: Wire.merge(
    isOurs(own) ? own.value : new Uint8Array(),
    Wire.write({ 10: paths.imagePath, 11: paths.workPath })
  )
})
