/** CRIU's `images/rseq.proto`. */
import { define, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** A thread's restartable sequence (rseq(2)). */
export const RseqEntry = define("rseq_entry", {
  rseq_abi_pointer: required(1, uint64),
  rseq_abi_size: required(2, uint32),
  signature: required(3, uint32),
  rseq_cs_pointer: optional(4, uint64)
})
/** A thread's restartable sequence (rseq(2)). */
export type RseqEntry = Value<typeof RseqEntry>
