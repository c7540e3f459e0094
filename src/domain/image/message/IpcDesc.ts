/** CRIU's `images/ipc-desc.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** What all that belongs to System V IPC has: its key, its owner and maker, its mode and id. */
export const IpcDescEntry = define("ipc_desc_entry", {
  key: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32),
  cuid: required(4, uint32),
  cgid: required(5, uint32),
  mode: required(6, uint32),
  id: required(7, uint32)
})
/** What all that belongs to System V IPC has: its key, its owner and maker, its mode and id. */
export type IpcDescEntry = Value<typeof IpcDescEntry>
