/** CRIU's `images/mm.proto`. */
import { VmaEntry } from "./Vma.ts"
import { bool, define, int32, nested, optional, repeated, required, uint32, uint64, type Value } from "../Message.ts"

/** A ring by which a process and the kernel hand requests to each other. */
const AioRingEntry = define("aio_ring_entry", {
  id: required(1, uint64),
  nr_req: required(2, uint32),
  ring_len: required(3, uint32)
})

/** The memory of a process: its areas, and where in it the kernel looks for what. */
export const MmEntry = define("mm_entry", {
  mm_start_code: required(1, uint64),
  mm_end_code: required(2, uint64),
  mm_start_data: required(3, uint64),
  mm_end_data: required(4, uint64),
  mm_start_stack: required(5, uint64),
  mm_start_brk: required(6, uint64),
  mm_brk: required(7, uint64),
  /** The arguments, and then the environment, each text up to a zero byte. */
  mm_arg_start: required(8, uint64),
  mm_arg_end: required(9, uint64),
  mm_env_start: required(10, uint64),
  mm_env_end: required(11, uint64),
  /** The program, by the id of an open file. */
  exe_file_id: required(12, uint32),
  /** What the kernel told the program at its start, kinds and values in turn (getauxval(3)). */
  mm_saved_auxv: repeated(13, uint64),
  vmas: repeated(14, nested(VmaEntry)),
  dumpable: optional(15, int32),
  aios: repeated(16, nested(AioRingEntry)),
  thp_disabled: optional(17, bool)
})
/** The memory of a process: its areas, and where in it the kernel looks for what. */
export type MmEntry = Value<typeof MmEntry>
