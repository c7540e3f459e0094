/** CRIU's `images/vma.proto`. */
import { define, optional, required, sint64, uint32, uint64, type Value } from "../Message.ts"

/** A message `vma_entry`. */
export const VmaEntry = define("vma_entry", {
  start: required(1, uint64),
  end: required(2, uint64),
  pgoff: required(3, uint64),
  shmid: required(4, uint64),
  prot: required(5, uint32),
  flags: required(6, uint32),
  status: required(7, uint32),
  fd: required(8, sint64),
  madv: optional(9, uint64),
  fdflags: optional(10, uint32)
})
/** A message `vma_entry`. */
export type VmaEntry = Value<typeof VmaEntry>
