/** CRIU's `images/ipc-shm.proto`. */
import { IpcDescEntry } from "./IpcDesc.ts"
import { bool, define, nested, optional, required, uint32, uint64, type Value } from "../Message.ts"

/** A message `ipc_shm_entry`. */
export const IpcShmEntry = define("ipc_shm_entry", {
  desc: required(1, nested(IpcDescEntry)),
  size: required(2, uint64),
  in_pagemaps: optional(3, bool),
  hugetlb_flag: optional(4, uint32)
})
/** A message `ipc_shm_entry`. */
export type IpcShmEntry = Value<typeof IpcShmEntry>
