/** CRIU's `images/regfile.proto`. */
import { FownEntry } from "./Fown.ts"
import {
  bool,
  define,
  nested,
  optional,
  repeated,
  required,
  sint32,
  string,
  uint32,
  uint64,
  type Value
} from "../Message.ts"

/** A message `reg_file_entry`. */
export const RegFileEntry = define("reg_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  pos: required(3, uint64),
  fown: required(5, nested(FownEntry)),
  name: required(6, string),
  mnt_id: optional(7, sint32),
  size: optional(8, uint64),
  ext: optional(9, bool),
  mode: optional(10, uint32),
  build_id: repeated(11, uint32),
  checksum: optional(12, uint32),
  checksum_config: optional(13, uint32),
  checksum_parameter: optional(14, uint32)
})
/** A message `reg_file_entry`. */
export type RegFileEntry = Value<typeof RegFileEntry>
