/** CRIU's `images/fdinfo.proto`. */
import { BpfmapFileEntry } from "./BpfmapFile.ts"
import { EventfdFileEntry } from "./Eventfd.ts"
import { EventpollFileEntry } from "./Eventpoll.ts"
import { ExtFileEntry } from "./ExtFile.ts"
import { FifoEntry } from "./Fifo.ts"
import { FanotifyFileEntry, InotifyFileEntry } from "./Fsnotify.ts"
import { MemfdFileEntry } from "./Memfd.ts"
import { NsFileEntry } from "./Ns.ts"
import { PacketSockEntry } from "./PacketSock.ts"
import { PidfdEntry } from "./Pidfd.ts"
import { PipeEntry } from "./Pipe.ts"
import { RegFileEntry } from "./Regfile.ts"
import { SignalfdEntry } from "./Signalfd.ts"
import { InetSkEntry } from "./SkInet.ts"
import { NetlinkSkEntry } from "./SkNetlink.ts"
import { UnixSkEntry } from "./SkUnix.ts"
import { TimerfdEntry } from "./Timerfd.ts"
import { TtyFileEntry } from "./Tty.ts"
import { TunfileEntry } from "./Tun.ts"
import { define, enumeration, nested, optional, required, string, uint32, type Value } from "../Message.ts"

/** The kinds of open files. */
const FdTypes = enumeration({
  UND: 0,
  REG: 1,
  PIPE: 2,
  FIFO: 3,
  INETSK: 4,
  UNIXSK: 5,
  EVENTFD: 6,
  EVENTPOLL: 7,
  INOTIFY: 8,
  SIGNALFD: 9,
  PACKETSK: 10,
  TTY: 11,
  FANOTIFY: 12,
  NETLINKSK: 13,
  NS: 14,
  TUNF: 15,
  EXT: 16,
  TIMERFD: 17,
  MEMFD: 18,
  BPFMAP: 19,
  PIDFD: 20,
  CTL_TTY: 65534,
  AUTOFS_PIPE: 65535
})

/** A descriptor of a process: its number, and the open file behind it, which others may share. */
export const FdinfoEntry = define("fdinfo_entry", {
  /** Of the open file. */
  id: required(1, uint32),
  /** Of the descriptor: 1 is close-on-exec. */
  flags: required(2, uint32),
  type: required(3, FdTypes),
  fd: required(4, uint32),
  xattr_security_selinux: optional(5, string)
})
/** A descriptor of a process: its number, and the open file behind it, which others may share. */
export type FdinfoEntry = Value<typeof FdinfoEntry>

/** An open file: its kind, and one field with what that kind has. */
export const FileEntry = define("file_entry", {
  type: required(1, FdTypes),
  id: required(2, uint32),
  reg: optional(3, nested(RegFileEntry)),
  /** The fields are named after what they are of; only one is there. */
  isk: optional(4, nested(InetSkEntry)),
  nsf: optional(5, nested(NsFileEntry)),
  psk: optional(6, nested(PacketSockEntry)),
  nlsk: optional(7, nested(NetlinkSkEntry)),
  efd: optional(8, nested(EventfdFileEntry)),
  epfd: optional(9, nested(EventpollFileEntry)),
  sgfd: optional(10, nested(SignalfdEntry)),
  tunf: optional(11, nested(TunfileEntry)),
  tfd: optional(12, nested(TimerfdEntry)),
  ify: optional(13, nested(InotifyFileEntry)),
  ffy: optional(14, nested(FanotifyFileEntry)),
  ext: optional(15, nested(ExtFileEntry)),
  usk: optional(16, nested(UnixSkEntry)),
  fifo: optional(17, nested(FifoEntry)),
  pipe: optional(18, nested(PipeEntry)),
  tty: optional(19, nested(TtyFileEntry)),
  memfd: optional(20, nested(MemfdFileEntry)),
  bpf: optional(21, nested(BpfmapFileEntry)),
  pidfd: optional(22, nested(PidfdEntry))
})
/** An open file: its kind, and one field with what that kind has. */
export type FileEntry = Value<typeof FileEntry>
