/** CRIU's `images/ipc-shm.proto`. */
import { IpcDescEntry } from "./IpcDesc.ts"
import { bool, define, nested, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** A segment of shared memory; its content follows, or lies with the pages. */
export const IpcShmEntry = define("ipc_shm_entry", {
  desc: required(1, nested(IpcDescEntry)),
  /** In bytes. */
  size: required(2, uint64),
  /** The content lies with the pages; the id of its page map is that of the segment. */
  in_pagemaps: optional(3, bool),
  hugetlb_flag: optional(4, uint32)
})
/** A segment of shared memory; its content follows, or lies with the pages. */
export type IpcShmEntry = Value<typeof IpcShmEntry>
