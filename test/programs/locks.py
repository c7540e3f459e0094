# Holds a lock of each kind, and shows that it lives by counting.
import fcntl
import os
import struct
import time

OFD_SETLK = 37
files = {name: open(name, "w+") for name in ("flock", "posix", "ofd", "lease")}
fcntl.flock(files["flock"], fcntl.LOCK_EX)
fcntl.lockf(files["posix"], fcntl.LOCK_EX, 10, 2)
fcntl.fcntl(files["ofd"], OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
fcntl.fcntl(files["lease"], fcntl.F_SETLEASE, fcntl.F_WRLCK)
count = 0
while True:
    count += 1
    with open("next", "w") as f:
        f.write("%d %s" % (count, fcntl.fcntl(files["lease"], fcntl.F_GETLEASE)))
    os.rename("next", "count")
    time.sleep(0.005)
