/** CRIU's `images/vma.proto`. */
import { define, optional, required, sint64, uint32, uint64, type Value } from "../Message.ts"

/** An area of memory. */
export const VmaEntry = define("vma_entry", {
  /** The address of its first byte. */
  start: required(1, uint64),
  /** The address behind its last byte. */
  end: required(2, uint64),
  /** Where in the file it begins, in bytes. */
  pgoff: required(3, uint64),
  /** Of a file that is mapped, the id of the open file; of shared memory, that of its page map. */
  shmid: required(4, uint64),
  /** As in mmap(2), like `flags`; `AreaFlags.ts` has the words. */
  prot: required(5, uint32),
  flags: required(6, uint32),
  /** CRIU's own bits; `AreaFlags.ts` has the words. */
  status: required(7, uint32),
  fd: required(8, sint64),
  /** The advices of madvise(2), the first one being the lowest bit. */
  madv: optional(9, uint64),
  fdflags: optional(10, uint32)
})
/** An area of memory. */
export type VmaEntry = Value<typeof VmaEntry>
