/** CRIU's `images/eventpoll.proto`. */
import { FownEntry } from "./Fown.ts"
import { define, nested, optional, repeated, required, uint32, uint64, type Value } from "../Message.ts"

/** A descriptor that an epoll waits for. */
export const EventpollTfdEntry = define("eventpoll_tfd_entry", {
  id: required(1, uint32),
  /** The descriptor's number. */
  tfd: required(2, uint32),
  /** As in epoll_ctl(2). */
  events: required(3, uint32),
  data: required(4, uint64),
  dev: optional(5, uint32),
  inode: optional(6, uint64),
  pos: optional(7, uint64)
})
/** A descriptor that an epoll waits for. */
export type EventpollTfdEntry = Value<typeof EventpollTfdEntry>

/** An open epoll. */
export const EventpollFileEntry = define("eventpoll_file_entry", {
  id: required(1, uint32),
  flags: required(2, uint32),
  fown: required(3, nested(FownEntry)),
  tfd: repeated(4, nested(EventpollTfdEntry))
})
/** An open epoll. */
export type EventpollFileEntry = Value<typeof EventpollFileEntry>
