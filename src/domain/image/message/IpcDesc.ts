/** CRIU's `images/ipc-desc.proto`. */
import { define, required, uint32, type Value } from "../Message.ts"

/** A message `ipc_desc_entry`. */
export const IpcDescEntry = define("ipc_desc_entry", {
  key: required(1, uint32),
  uid: required(2, uint32),
  gid: required(3, uint32),
  cuid: required(4, uint32),
  cgid: required(5, uint32),
  mode: required(6, uint32),
  id: required(7, uint32)
})
/** A message `ipc_desc_entry`. */
export type IpcDescEntry = Value<typeof IpcDescEntry>
