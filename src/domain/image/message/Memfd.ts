/** CRIU's `images/memfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, optional, required, string, uint32, uint64, type Value } from "../Message.ts"

/** A message `memfd_file_entry`. */
export const MemfdFileEntry = define("memfd_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  pos: required(3, uint64),
  fown: required(4, nested(FownEntry)),
  inode_id: required(5, uint32)
})
/** A message `memfd_file_entry`. */
export type MemfdFileEntry = Value<typeof MemfdFileEntry>

/** A message `memfd_inode_entry`. */
export const MemfdInodeEntry = define("memfd_inode_entry", {
  name: required(1, string),
  uid: required(2, uint32),
  gid: required(3, uint32),
  size: required(4, uint64),
  shmid: required(5, uint32),
  seals: required(6, uint32),
  inode_id: required(7, uint64),
  hugetlb_flag: optional(8, uint32),
  mode: optional(9, uint32)
})
/** A message `memfd_inode_entry`. */
export type MemfdInodeEntry = Value<typeof MemfdInodeEntry>
