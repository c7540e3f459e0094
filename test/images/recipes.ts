/** The programs of `subjects/`, each with what it takes to start and dump it: one or more for each kind of thing that an image can hold. */
import type * as Dump from "./Dump.ts"

/** What is dumped; more of each is said in its program. */
export const recipes: Readonly<Record<string, Dump.Recipe>> = {
  threads: { source: "threads.py", flags: ["--cpu-cap=cpu"] },
  "many processes": { source: "family.py" },
  "pipes and fifos": { source: "pipes.py" },
  "unix sockets": { source: "unix.py" },
  TCP: { source: "tcp.py" },
  "UDP, raw, packet and netlink sockets": { source: "datagrams.py" },
  "shared memory": { source: "shared.py", by: ["unshare", "--ipc"] },
  memfds: { source: "memfd.py" },
  "deleted files": { source: "deleted.py" },
  "what waits": { source: "events.py" },
  timers: { source: "timers.py" },
  "pending signals": { source: "signals.py" },
  terminals: { source: "terminal.py" },
  "a terminal of somebody else": {
    source: "threads.py",
    by: ["python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])"],
    asChild: true,
    flags: ["--shell-job"]
  },
  "file locks": { source: "locks.py" },
  "filters of system calls": { source: "seccomp.py" },
  "credentials and limits": { source: "credentials.py" },
  "kinds of memory": { source: "memory.py" },
  handles: { source: "handles.py", by: ["unshare", "--net"] },
  "namespaces of network, name and objects": { source: "isolated.py", by: ["unshare", "--net", "--ipc", "--uts"] },
  "a namespace of users": { source: "isolated.py", by: ["unshare", "--user", "--map-root-user", "--net", "--uts"] },
  "a namespace of time": {
    source: "threads.py",
    by: ["unshare", "--time", "--boottime", "1000", "--monotonic", "2000", "--fork", "setsid"],
    asChild: true
  }
}
