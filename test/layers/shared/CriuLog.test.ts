import { describe, expect, it } from "@effect/vitest"
import * as CriuLog from "../../../src/layers/shared/CriuLog.ts"

const harmless =
  "(00.000760) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted"
const dumpFailed = "(00.064143) Error (criu/cr-dump.c:1975): Dumping FAILED."
const restoreFailed = [
  "(00.092582) Error (criu/cr-restore.c:2331): Restoring FAILED.",
  "(00.098755) Error (criu/cgroup.c:2055): cg: cgroupd: recv req error: No such file or directory"
]

// Lines that CRIU 4.2.1 wrote in runs of the conditions, but for those of the last rows, which older versions wrote.
const rows: ReadonlyArray<
  readonly [reason: string, detail: string, hint: string | undefined, ...lines: Array<string>]
> = [
  [
    "EstablishedTcp",
    "it has an established TCP connection",
    'use option "tcpEstablished" to keep it or "tcpClose" to drop it',
    "(00.009968) Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.",
    "(00.009977) Error (criu/cr-dump.c:1545): Dump files (pid: 86) failed with -1",
    dumpFailed
  ],
  [
    "ExternalUnixSocket",
    "it has a unix socket whose other end is outside of it",
    'use option "externalUnixSockets", which keeps sockets of the datagram kind',
    "(00.048878) Error (criu/sk-unix.c:874): unix: External socket is used. Consider using --ext-unix-sk option.",
    dumpFailed
  ],
  [
    "ExternalUnixSocket",
    "it has a stream unix socket whose other end is outside of it, which CRIU cannot keep; close it first",
    undefined,
    "(00.050818) Error (criu/sk-unix.c:881): unix: Can't dump half of stream unix connection. name: (null); peer name: /s",
    dumpFailed
  ],
  [
    "ExternalUnixSocket",
    "it had a unix socket whose other end was outside of it, and that cannot be reached (No such file or directory)",
    "start the other end again, bound to a whole path: CRIU finds no other",
    "(00.001229)     28: Error (criu/sk-unix.c:1406): unix: Can't connect 5909296 socket: No such file or directory",
    "(00.001231)     28: Error (criu/files.c:1221): Unable to open fd=3 id=0xb",
    ...restoreFailed
  ],
  [
    "FileLock",
    "it holds file locks",
    'use option "fileLocks"',
    "(00.053003) Error (criu/file-lock.c:110): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.",
    dumpFailed
  ],
  [
    "GhostFile",
    "it holds a deleted file open that is larger than the limit (/ghost, 3002368 bytes)",
    'use option "ghostLimit" with at least that many bytes',
    "(00.008568) Error (criu/files-reg.c:1031): Can't dump ghost file /ghost of 3002368 size, increase limit",
    "(00.008576) Error (criu/cr-dump.c:1545): Dump files (pid: 510) failed with -1",
    dumpFailed
  ],
  [
    "LinkRemap",
    "it holds a file open whose name is gone (/g) while another name of it is left",
    undefined,
    "(00.109706) Error (criu/files-reg.c:1122): Can't create link remap for /g. Use link-remap option.",
    dumpFailed
  ],
  [
    "EstablishedTcp",
    "it has not yet accepted a TCP connection that waits for it",
    "try again when it has",
    "(00.049818) Error (criu/sk-inet.c:185): inet: In-flight connection (l) for 3d3bae",
    "(00.049819) Error (criu/sk-inet.c:186): inet: In-flight connections can be ignored with the --skip-in-flight option.",
    dumpFailed
  ],
  [
    "ExternalUnixSocket",
    "it has a unix socket whose other end is in another network namespace, which CRIU cannot keep; close it first",
    undefined,
    "(00.048878) Error (criu/sk-unix.c:871): unix: Unix socket 4688966 without peer 4688046",
    dumpFailed
  ],
  [
    "ShellJob",
    "it is attached to a terminal from outside",
    'use option "shellJob"',
    "(00.048878) Error (criu/tty.c:410): tty: Found slave peer index 0 without correspond master peer",
    dumpFailed
  ],
  [
    "ShellJob",
    "its first process 116 belongs to a session from outside",
    'use option "shellJob"',
    "(00.008878) Error (criu/pstree.c:304): The root process 116 is not a session leader. Consider using --shell-job option",
    dumpFailed
  ],
  [
    "Unsupported",
    "its descriptor 3 is of a kind that CRIU does not know (anon anon_inode:[userfaultfd])",
    "close it first",
    "(00.048878) Error (criu/files-ext.c:94): Can't dump file 3 of that type [600] (anon anon_inode:[userfaultfd])",
    "(00.048979) Error (criu/cr-dump.c:1545): Dump files (pid: 451) failed with -1",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a descriptor of a kind that CRIU cannot be handed, such as io_uring",
    "close it first",
    "(00.048878) pie: 409: Error (criu/pie/parasite.c:588): send_fds failed (-22)",
    "(00.048879) Error (criu/parasite-syscall.c:280): Can't retrieve FDs from socket",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a socket of a kind that CRIU does not know (multipath TCP)",
    "close it first",
    "(00.048878) Error (criu/sk-inet.c:137): inet: Unsupported proto 262 for socket 3d36df",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a socket of a kind that CRIU does not know (family 40)",
    "close it first",
    "(00.048878) Error (criu/sockets.c:767): sockets: BUG! Unknown socket collected (family 40)",
    dumpFailed
  ],
  [
    "Unsupported",
    "its process 1353 has a user namespace of its own, of which CRIU keeps only one",
    undefined,
    "(00.048878) Error (criu/namespaces.c:460): Can't dump nested user namespace for 1353",
    "(00.048879) Error (criu/namespaces.c:754): Can't make userns id",
    dumpFailed
  ],
  [
    "Unsupported",
    "its process 1277 has System V shared memory and no IPC namespace of its own",
    undefined,
    "(00.048878) Error (criu/cr-dump.c:478): Task 1277 with SysVIPC shmem map @7f146c1d0000 doesn't live in IPC ns",
    dumpFailed
  ],
  [
    "NoSpace",
    "no space is left on the device of the checkpoint",
    "make room or choose another checkpoint directory",
    "tar: -: Cannot write: Broken pipe",
    "(00.230724) Error (criu/util.c:657): exited, status=2",
    "(00.230734) Error (criu/filesystems.c:426): Can't dump tmpfs content",
    "(00.230757) Error (criu/bfd.c:131): bfd: Error flushing image: No space left on device",
    dumpFailed
  ],
  [
    "FileChanged",
    'the file "f" that it holds open has changed since the checkpoint (size 8, was 3)',
    "put the file back as it was",
    "(00.087497)      1: Error (criu/files-reg.c:2175): File f has bad size 8 (expect 3)",
    "(00.087500)      1: Error (criu/files.c:1221): Unable to open fd=3 id=0xa",
    ...restoreFailed
  ],
  [
    "FileChanged",
    'the file "f" that it holds open has changed since the checkpoint (mode 0100777, was 0100600)',
    "put the file back as it was",
    "(00.035896)      1: Error (criu/files-reg.c:2294): File f has bad mode 0100777 (expect 0100600)",
    ...restoreFailed
  ],
  [
    "FileMissing",
    'the file "f" that it holds open is gone',
    "put the file back as it was",
    "(00.034387)      1: Error (criu/files-reg.c:2353): Can't open file f on restore: No such file or directory",
    "(00.034389)      1: Error (criu/files-reg.c:2267): Can't open file f: No such file or directory",
    ...restoreFailed
  ],
  [
    "FileMissing",
    'the checkpoint\'s image "pstree.img" is missing',
    undefined,
    "(00.000855) Reading image tree",
    "(00.000860) No pstree.img image",
    "(00.000862) pstree pid_max=0"
  ],
  [
    "ExternalResource",
    'its descriptor 2 is of "/tmp/err", which lies outside of it',
    undefined,
    "(00.117253) Error (criu/files-reg.c:1790): Can't lookup mount=80 for fd=2 path=/tmp/err",
    dumpFailed
  ],
  [
    "ExternalResource",
    'its mount "./usr/local/bin/node" comes from outside of it and is not in its specification',
    undefined,
    "(00.005031) Error (criu/mount.c:753): mnt: 87:./usr/local/bin/node doesn't have a proper root mount",
    dumpFailed
  ],
  [
    "Traced",
    "its process 1186 (python3) is traced by another program, such as another CRIU",
    undefined,
    "(09.957846) Error (criu/seize.c:335): zombie 1186 (comm python3) found while seizing",
    "(10.001477) Error (criu/cr-dump.c:1655): Timeout reached. Try to interrupt: 0",
    dumpFailed
  ],
  [
    "PidConflict",
    "the process id 116 is in use",
    undefined,
    "(00.001032) Error (criu/cr-restore.c:1237): Can't fork for 116: File exists",
    ...restoreFailed
  ],
  [
    "PidConflict",
    "the id of one of its threads is in use",
    undefined,
    "(00.004108) pie: 26: Error (criu/pie/restorer.c:2185): Unable to create a thread: -17",
    ...restoreFailed
  ],
  [
    "Unsupported",
    "it has a user and a pid namespace of its own, and the /proc of another",
    "mount a /proc of its own in it",
    "pie: 1: Error (criu/pie/parasite.c:641): can't dump unprivileged task whose /proc doesn't belong to it",
    "pie: 1: Error (criu/pie/parasite.c:657): Can't get /proc fd",
    "(00.042481) Error (criu/parasite-syscall.c:300): Can't retrieve FD from socket",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a descriptor of a kind that CRIU cannot be handed, such as io_uring",
    "close it first",
    "pie: 150: Error (criu/pie/parasite.c:588): send_fds failed (-22)",
    "(00.004470) Error (criu/parasite-syscall.c:280): Can't retrieve FDs from socket",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a pidfd of process 1, which is outside of it",
    "close it first",
    "(00.004968) Error (criu/pidfd.c:97): pidfd: pidfd pid 1 is not a part of process tree..",
    "(00.004973) Error (criu/cr-dump.c:1545): Dump files (pid: 136) failed with -1",
    dumpFailed
  ],
  [
    "Unsupported",
    "it has a tun device and no network namespace of its own",
    undefined,
    "(00.002861) Error (criu/tun.c:306): tun: Net namespace is required to dump tun link",
    dumpFailed
  ],
  [
    "ExternalResource",
    "its process 115 belongs to a session of another pid namespace",
    "start it in a session of its own (setsid)",
    "(00.003864) Error (criu/cr-dump.c:1528): A session leader of 115(115) is outside of its pid namespace",
    dumpFailed
  ],
  [
    "EstablishedTcp",
    "it has a TCP connection that was established, or was about to be",
    'use option "tcpEstablished" to keep it or "tcpClose" to drop it',
    "(00.001259)    827: Error (criu/sk-inet.c:912): inet: Connected TCP socket in image",
    "(00.001264)    827: Error (criu/files.c:1221): Unable to open fd=3 id=0xe",
    ...restoreFailed
  ],
  [
    "ContainerGone",
    "its process 94 ended while it was being checkpointed",
    undefined,
    "(00.004680) Error (compel/src/lib/infect.c:417): Unable to detach from 94: No such process",
    dumpFailed
  ],
  [
    "FileMissing",
    'the folder of its socket "/tmp/fl/sock" is gone',
    "put the folder back",
    "(00.001144)    331: Error (criu/sk-unix.c:1651): unix: Can't bind id 0xb ino 3953135 addr /tmp/fl/sock: " +
    "No such file or directory",
    "(00.001147)    331: Error (criu/files.c:1221): Unable to open fd=3 id=0xb",
    ...restoreFailed
  ],
  [
    "FileMissing",
    'the file "tmp/fl/fifo" that it holds open is gone',
    "put the file back as it was",
    "(00.001232)    315: Error (criu/fifo.c:98): Can't open fake fifo 0x11 [tmp/fl/fifo]: No such file or directory",
    "(00.001233)    315: Error (criu/files-reg.c:2267): Can't open file tmp/fl/fifo: No such file or directory",
    ...restoreFailed
  ],
  [
    "FileMissing",
    'the file or folder "/tmp/l/watched" that it watches is gone',
    "put it back",
    "(00.005574)     27: Error (criu/fsnotify.c:510): fsnotify: Unable to open /tmp/l/watched: No such file or directory",
    ...restoreFailed
  ],
  [
    "FileMissing",
    'the control group "unified/other" that it was in is gone',
    'make it again, or use option "manageCgroupsMode" with "ignore"',
    "(00.000727) Error (criu/cgroup.c:1854): cg: Cgroup dir unified/other doesn't exist"
  ],
  [
    "FileMissing",
    'the control group "unified//other" that it was in is gone',
    'make it again, or use option "manageCgroupsMode" with "ignore"',
    "(00.001226)     25: Error (criu/cgroup.c:1187): cg: Can't move 25 into unified//other/cgroup.procs (-1/-1): " +
    "No such file or directory",
    ...restoreFailed
  ],
  [
    "Traced",
    "its process 814 is traced by another program, such as a debugger",
    "end the tracing first",
    "(00.002284) Error (compel/src/lib/infect.c:262): Unseizable non-zombie 814 found, state t, err -1/10",
    dumpFailed
  ],
  [
    "Permission",
    'the setting "kernel/sem" of its IPC namespace may be written by root alone',
    "restore it as root",
    "(00.005940)     43: Error (criu/sysctl.c:258): Can't open sysctl kernel/sem: Permission denied",
    "(00.005944)     43: Error (criu/ipc_ns.c:961): Failed to prepare IPC namespace variables",
    ...restoreFailed
  ],
  [
    "Permission",
    "CRIU lacks a right that it needs",
    undefined,
    "(00.044953) Error (criu/cr-dump.c:389): Can't get rlimit 0: Operation not permitted",
    "(00.044954) Error (criu/cr-dump.c:1584): Dump core (pid: 30) failed with -1",
    dumpFailed
  ],
  [
    "CriuKilled",
    "the program that had started CRIU was ended in the middle by somebody else",
    undefined,
    "(00.007603) Error (criu/cr-service.c:121): Can't send response: Broken pipe",
    dumpFailed
  ],
  [
    "Unknown",
    "mnt-v2: Failed to move_mount from /lib to /tmp/.criu.mntns.yToi8x/mnt-0000000087: Invalid argument",
    undefined,
    "(00.021222)      1: Error (criu/mount-v2.c:324): mnt-v2: Failed to move_mount from /lib to " +
    "/tmp/.criu.mntns.yToi8x/mnt-0000000087: Invalid argument",
    ...restoreFailed
  ],
  ["Unknown", "CRIU's log does not say why", undefined, "(00.000020) Version: 4.2.1 (gitid 0)"],
  [
    "KernelUnsupported",
    "this CRIU is too old for this kernel",
    "install a newer CRIU",
    "(00.001000) Error (criu/vdso.c:300): vdso: Unexpected rt vDSO area bounds"
  ],
  [
    "KernelUnsupported",
    "this CRIU is too old for this kernel",
    "install a newer CRIU",
    "(00.001000) Error (criu/sockets.c:600): sockets: Can't get 1:16 opt: Operation not supported",
    dumpFailed
  ]
]

describe("CriuLog", () => {
  it.each(rows)("%s: %s", (reason, detail, hint, ...lines) => {
    const log = ["(00.000020) Version: 4.2.1 (gitid 0)", harmless, ...lines].join("\n") + "\n"
    expect(CriuLog.classify(log)).toEqual({ reason, detail, ...(hint === undefined ? {} : { hint }) })
  })

  it("takes nothing for an error that is only mentioned in a line", () => {
    const log = "(00.1) Running /bin/sh -c 'echo No space left on device'\n"
    expect(CriuLog.classify(log).reason).toBe("Unknown")
  })

  it("tells how a log ends", () => {
    expect(CriuLog.ending("(00.1) a\n(00.2) Dumping finished successfully\n")).toBe("Succeeded")
    expect(CriuLog.ending(`(00.1) a\n${dumpFailed}\n`)).toBe("Failed")
    expect(CriuLog.ending("(00.1) page-xfer: \tp 0x7f7c73a4b000\npie: 1: Trimmed message received (12/0)\n")).toBe(
      "Broken"
    )
  })

  it("tells what a restore has made", () => {
    const log = "(00.1) Wait until namespaces are created\n(00.2) PID: real 812 virt 1\n(00.3) PID: real 9 virt 7\n"
    expect(CriuLog.made(log)).toEqual([{ real: 812, virtual: 1 }, { real: 9, virtual: 7 }])
    expect(CriuLog.made("")).toEqual([])
  })

  it("gives the last lines", () => {
    expect(CriuLog.tail("a\nb\nc\n", 2)).toBe("b\nc")
  })
})
