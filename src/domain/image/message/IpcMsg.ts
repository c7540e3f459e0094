/** CRIU's `images/ipc-msg.proto`. */
import { IpcDescEntry } from "./IpcDesc.ts"
import { define, nested, required, uint32, uint64, type Value } from "../Message.ts"

/** A message in a queue; its text follows. */
export const IpcMsg = define("ipc_msg", {
  mtype: required(1, uint64),
  /** In bytes. */
  msize: required(2, uint32)
})
/** A message in a queue; its text follows. */
export type IpcMsg = Value<typeof IpcMsg>

/** A queue of messages; they follow. */
export const IpcMsgEntry = define("ipc_msg_entry", {
  desc: required(1, nested(IpcDescEntry)),
  qbytes: required(2, uint32),
  qnum: required(3, uint32)
})
/** A queue of messages; they follow. */
export type IpcMsgEntry = Value<typeof IpcMsgEntry>
