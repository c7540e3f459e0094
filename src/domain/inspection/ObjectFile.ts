/** Open files that stand for something else of the kernel: a process, a namespace, a device; and those of kinds that are not known. */
import * as Schema from "effect/Schema"
import { common, opened } from "./OpenFile.ts"

/** A process (pidfd_open(2)). */
export const ProcessFile = Schema.Struct({
  kind: Schema.Literal("pidfd"),
  ...opened,
  pid: Schema.Number
}).annotations({ identifier: "ProcessFile" })
/** A process. */
export type ProcessFile = typeof ProcessFile.Type

/** A namespace (namespaces(7)). */
export const NamespaceFile = Schema.Struct({
  kind: Schema.Literal("namespace"),
  ...opened,
  /** Such as `net`; one without a name is its number. */
  type: Schema.String,
  /** CRIU's id of it. */
  namespace: Schema.Number
}).annotations({ identifier: "NamespaceFile" })
/** A namespace. */
export type NamespaceFile = typeof NamespaceFile.Type

/** A map of BPF programs. */
export const BpfMap = Schema.Struct({
  kind: Schema.Literal("bpf-map"),
  ...opened,
  name: Schema.String,
  entries: Schema.Number
}).annotations({ identifier: "BpfMap" })
/** A map of BPF programs. */
export type BpfMap = typeof BpfMap.Type

/** A device for packets that a program makes (tun). */
export const TunDevice = Schema.Struct({
  kind: Schema.Literal("tun"),
  ...common,
  device: Schema.optional(Schema.String)
}).annotations({ identifier: "TunDevice" })
/** A device for packets that a program makes. */
export type TunDevice = typeof TunDevice.Type

/** A file that a plugin of CRIU restores, or of a kind that is not known. */
export const OtherFile = Schema.Struct({
  kind: Schema.Literal("external", "unknown"),
  ...common,
  /** CRIU's name or number of its kind. */
  type: Schema.String
}).annotations({ identifier: "OtherFile" })
/** A file of another kind. */
export type OtherFile = typeof OtherFile.Type
