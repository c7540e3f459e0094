# Locks on files: of each kind, on parts, on one file by two processes, and a lease.
import fcntl
import os
import struct

from subject import child, hold

files = {name: open(name, "w+b") for name in ("flock", "posix", "ofd", "lease", "read")}
fcntl.flock(files["flock"], fcntl.LOCK_EX)
fcntl.flock(files["read"], fcntl.LOCK_SH)
fcntl.lockf(files["posix"], fcntl.LOCK_EX, 10, 2)
fcntl.lockf(files["posix"], fcntl.LOCK_SH, 0, 100)
fcntl.fcntl(files["ofd"], 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 5, 5, 0))
fcntl.fcntl(files["lease"], fcntl.F_SETLEASE, fcntl.F_WRLCK)
child(lambda: fcntl.lockf(files["posix"], fcntl.LOCK_EX, 5, 50))
hold()
