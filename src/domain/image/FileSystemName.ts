/** The names of the file systems that CRIU numbers (`images/mnt.proto`, `fstype`). */
import type { MntEntry } from "./message/Mnt.ts"

const names: Readonly<Record<number, string>> = {
  1: "proc",
  2: "sysfs",
  3: "devtmpfs",
  4: "binfmt_misc",
  5: "tmpfs",
  6: "devpts",
  7: "simfs",
  8: "pstore",
  9: "securityfs",
  10: "fusectl",
  11: "debugfs",
  12: "cgroup",
  13: "aufs",
  14: "mqueue",
  15: "fuse",
  17: "overlay",
  18: "autofs",
  19: "tracefs",
  23: "cgroup2"
}

/** The name of a mount's file system as the kernel has it; one that CRIU has no number for is in `fsname`, or unknown. */
export const of = ({ fsname, fstype }: Pick<MntEntry, "fsname" | "fstype">): string | undefined =>
  names[fstype] ?? fsname
