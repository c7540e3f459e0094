/**
 * The open descriptors of a process as `/proc` shows them: what each is of, with the locks that were taken through it.
 *
 * It looks and never acts. A process may close or open any of them meanwhile.
 */
import * as KernelFile from "./KernelFile.ts"

/** An open descriptor. */
export interface Descriptor {
  readonly pid: number
  readonly descriptor: number
  /** What it is of: a path, or `socket:[<inode>]` and the like. */
  readonly link: string
}

/** What `/proc/<pid>/fdinfo/<descriptor>` says. */
export interface DescriptorInfo {
  /** The id of the mount that the file was opened on. */
  readonly mount: string | undefined
  /** It was opened for reading only, writing only, or both. */
  readonly access: "read" | "write" | "both"
  readonly locks: ReadonlyArray<Lock>
  /** The number of the terminal that a master shows. */
  readonly terminal: number | undefined
  /** The process that a pidfd is of: its pid here, or -1 where it has ended. */
  readonly process: number | undefined
  /** It is a timer that fires again and again. */
  readonly repeats: boolean
  /** It is an eventfd of the kind `EFD_SEMAPHORE`; kernels before 6.5 do not say. */
  readonly isSemaphore: boolean
}

/** A lock, as the kernel lists it. */
interface Lock {
  /** `POSIX`, `FLOCK`, `OFDLCK`, `LEASE`, `DELEG`. */
  readonly kind: string
  /** `<major>:<minor>:<inode>`, of which the first two are hexadecimal. */
  readonly file: string
}

/** The open descriptors of a process; none when it has ended. */
export const of = (pid: number): ReadonlyArray<Descriptor> =>
  (KernelFile.names(`/proc/${pid}/fd`) ?? []).flatMap((name) => {
    const link = KernelFile.link(`/proc/${pid}/fd/${name}`)
    return link === undefined ? [] : [{ pid, descriptor: Number(name), link }]
  })

/** What the kernel says of a descriptor; `undefined` when it is gone, or is of something else by now, whose mount is another. */
export const info = ({ descriptor, link, pid }: Descriptor): DescriptorInfo | undefined => {
  const text = KernelFile.read(`/proc/${pid}/fdinfo/${descriptor}`)
  return text === undefined || KernelFile.link(`/proc/${pid}/fd/${descriptor}`) !== link ? undefined : parseInfo(text)
}

/** Reads an `fdinfo` file (proc_pid_fdinfo(5)). */
export const parseInfo = (text: string): DescriptorInfo => {
  const process = /^Pid:\s*(-?\d+)$/m.exec(text)?.[1]
  const terminal = /^tty-index:\s*(\d+)$/m.exec(text)?.[1]
  return {
    mount: /^mnt_id:\s*(\d+)$/m.exec(text)?.[1],
    access: accesses[Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(text)?.[1] ?? "0", 8) & 3] ?? "both",
    locks: Array.from(text.matchAll(lockLine), ([, kind = "", file = ""]) => ({ kind, file })),
    terminal: terminal === undefined ? undefined : Number(terminal),
    process: process === undefined ? undefined : Number(process),
    repeats: /^it_interval: \((?!0, 0\))/m.test(text),
    isSemaphore: /^eventfd-semaphore: 1$/m.test(text)
  }
}

const accesses = ["read", "write", "both"] as const

/** `lock:\t1: POSIX  ADVISORY  WRITE 3576 08:01:1234 0 EOF` */
const lockLine = /^lock:\s*\d+:\s+(\w+)\s+\w+\s+\w+\s+-?\d+\s+([0-9a-f]+:[0-9a-f]+:\d+)\s/gm
