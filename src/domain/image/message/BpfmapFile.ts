/** CRIU's `images/bpfmap-file.proto`. */
import { FownEntry } from "./Fown.ts"
import { bool, define, nested, optional, required, sint32, string, uint32, uint64, type Value } from "../Message.ts"

/** An open map of BPF. */
export const BpfmapFileEntry = define("bpfmap_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  pos: required(3, uint64),
  fown: required(4, nested(FownEntry)),
  map_type: required(5, uint32),
  key_size: required(6, uint32),
  value_size: required(7, uint32),
  map_id: required(8, uint32),
  max_entries: required(9, uint32),
  map_flags: required(10, uint32),
  memlock: required(11, uint64),
  frozen: required(12, bool),
  map_name: required(13, string),
  ifindex: required(14, uint32),
  mnt_id: optional(15, sint32),
  map_extra: optional(16, uint64)
})
/** An open map of BPF. */
export type BpfmapFileEntry = Value<typeof BpfmapFileEntry>
