/** CRIU's `images/memfd.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, optional, required, string, uint32, uint64, type Value } from "../Message.ts"

/** An open file of a memfd. */
export const MemfdFileEntry = define("memfd_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  pos: required(3, uint64),
  fown: required(4, nested(FownEntry)),
  inode_id: required(5, uint32)
})
/** An open file of a memfd. */
export type MemfdFileEntry = Value<typeof MemfdFileEntry>

/** A memfd itself, which several open files may have; its content lies with the pages of `shmid`. */
export const MemfdInodeEntry = define("memfd_inode_entry", {
  name: required(1, string),
  uid: required(2, uint32),
  gid: required(3, uint32),
  /** In bytes. */
  size: required(4, uint64),
  /** The id of the page map. */
  shmid: required(5, uint32),
  seals: required(6, uint32),
  inode_id: required(7, uint64),
  hugetlb_flag: optional(8, uint32),
  mode: optional(9, uint32)
})
/** A memfd itself, which several open files may have; its content lies with the pages of `shmid`. */
export type MemfdInodeEntry = Value<typeof MemfdInodeEntry>
