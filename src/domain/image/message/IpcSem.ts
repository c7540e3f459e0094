/** CRIU's `images/ipc-sem.proto`. */
import { IpcDescEntry } from "./IpcDesc.ts"
import { define, nested, required, uint32, type Value } from "../Message.ts"

/** A set of semaphores; their values follow. */
export const IpcSemEntry = define("ipc_sem_entry", {
  desc: required(1, nested(IpcDescEntry)),
  nsems: required(2, uint32)
})
/** A set of semaphores; their values follow. */
export type IpcSemEntry = Value<typeof IpcSemEntry>
