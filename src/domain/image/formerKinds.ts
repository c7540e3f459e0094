/**
 * The kinds of images that only older releases of CRIU wrote: what is a field of `core` or `mm`, or one of the entries of
 * `files`, by now (`criu/include/magic.h`, `criu/image-desc.c`).
 */
import type { AnyKind } from "./ImageKind.ts"
import type { Message } from "./Message.ts"
import { BpfmapFileEntry } from "./message/BpfmapFile.ts"
import { CredsEntry } from "./message/Creds.ts"
import { EventfdFileEntry } from "./message/Eventfd.ts"
import { EventpollFileEntry, EventpollTfdEntry } from "./message/Eventpoll.ts"
import { ExtFileEntry } from "./message/ExtFile.ts"
import { FifoEntry } from "./message/Fifo.ts"
import { FanotifyFileEntry, FanotifyMarkEntry, InotifyFileEntry, InotifyWdEntry } from "./message/Fsnotify.ts"
import { NsFileEntry } from "./message/Ns.ts"
import { PacketSockEntry } from "./message/PacketSock.ts"
import { PidfdEntry } from "./message/Pidfd.ts"
import { PipeEntry } from "./message/Pipe.ts"
import { RegFileEntry } from "./message/Regfile.ts"
import { RlimitEntry } from "./message/Rlimit.ts"
import { SaEntry } from "./message/Sa.ts"
import { SiginfoEntry } from "./message/Siginfo.ts"
import { SignalfdEntry } from "./message/Signalfd.ts"
import { InetSkEntry } from "./message/SkInet.ts"
import { NetlinkSkEntry } from "./message/SkNetlink.ts"
import { UnixSkEntry } from "./message/SkUnix.ts"
import { ItimerEntry, PosixTimerEntry } from "./message/Timer.ts"
import { TimerfdEntry } from "./message/Timerfd.ts"
import { TtyFileEntry } from "./message/Tty.ts"
import { TunfileEntry } from "./message/Tun.ts"
import { VmaEntry } from "./message/Vma.ts"

const kind = (name: string, magic: number, file: RegExp, entry: Message<unknown>): AnyKind => ({
  name,
  magic,
  file,
  entry
})

/** In the order of `criu/include/magic.h`; the id in a name is a pid. */
export const formerKinds: ReadonlyArray<AnyKind> = [
  kind("vmas", 0x54123737, /^vmas-(\d+)\.img$/, VmaEntry),
  kind("pipes", 0x56513555, /^pipes\.img$/, PipeEntry),
  kind("fifo", 0x58364939, /^fifo\.img$/, FifoEntry),
  kind("sigact", 0x55344201, /^sigacts-(\d+)\.img$/, SaEntry),
  kind("unixsk", 0x54373943, /^unixsk\.img$/, UnixSkEntry),
  kind("inetsk", 0x56443851, /^inetsk\.img$/, InetSkEntry),
  kind("packetsk", 0x60454618, /^packetsk\.img$/, PacketSockEntry),
  kind("itimers", 0x57464056, /^itimers-(\d+)\.img$/, ItimerEntry),
  kind("posix_timers", 0x52603957, /^posix-timers-(\d+)\.img$/, PosixTimerEntry),
  kind("creds", 0x54023547, /^creds-(\d+)\.img$/, CredsEntry),
  kind("reg_files", 0x50363636, /^reg-files\.img$/, RegFileEntry),
  kind("ext_files", 0x59255641, /^ext-files\.img$/, ExtFileEntry),
  kind("eventfd_file", 0x44523722, /^eventfd\.img$/, EventfdFileEntry),
  kind("eventpoll_file", 0x45023858, /^eventpoll\.img$/, EventpollFileEntry),
  kind("eventpoll_tfd", 0x44433746, /^eventpoll-tfd\.img$/, EventpollTfdEntry),
  kind("signalfd", 0x57323820, /^signalfd\.img$/, SignalfdEntry),
  kind("inotify_file", 0x48424431, /^inotify\.img$/, InotifyFileEntry),
  kind("inotify_wd", 0x54562009, /^inotify-wd\.img$/, InotifyWdEntry),
  kind("tty_files", 0x59433025, /^tty\.img$/, TtyFileEntry),
  kind("rlimit", 0x57113925, /^rlimit-(\d+)\.img$/, RlimitEntry),
  kind("fanotify_file", 0x55096122, /^fanotify\.img$/, FanotifyFileEntry),
  kind("fanotify_mark", 0x56506035, /^fanotify-mark\.img$/, FanotifyMarkEntry),
  kind("signal", 0x59255647, /^signal-[sp]-(\d+)\.img$/, SiginfoEntry),
  kind("netlink_sk", 0x58005614, /^netlinksk\.img$/, NetlinkSkEntry),
  kind("ns_files", 0x61394011, /^ns-files\.img$/, NsFileEntry),
  kind("tunfile", 0x57143751, /^tunfile\.img$/, TunfileEntry),
  kind("timerfd", 0x50493712, /^timerfd\.img$/, TimerfdEntry),
  kind("bpfmap_file", 0x57506142, /^bpfmap-file\.img$/, BpfmapFileEntry),
  kind("pidfd", 0x54435556, /^pidfd\.img$/, PidfdEntry)
]
