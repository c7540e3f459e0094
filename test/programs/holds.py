# Holds one thing that its first argument names, and shows that it lives by counting.
import ctypes
import mmap
import os
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
kind, *more = sys.argv[1:]


def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    assert result >= 0, os.strerror(ctypes.get_errno())
    return result


if kind == "unix stream":
    held = socket.socket(socket.AF_UNIX)
    held.connect("neighbour")
elif kind == "unix datagram":
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    held.connect(more[0])
elif kind == "waiting":
    held = socket.create_server(("127.0.0.1", 0))
    with open("next", "w") as f:
        f.write(str(held.getsockname()[1]))
    os.rename("next", "port")
elif kind == "io_uring":
    held = call(425, 4, ctypes.create_string_buffer(120))
elif kind == "perf":
    # A software event: the time that this process has had.
    held = call(298, struct.pack("II104x", 1, 112), 0, -1, -1, 0)
elif kind == "pidfd":
    held = os.pidfd_open(int(more[0]))
elif kind == "device":
    held = os.open(more[0], os.O_RDWR)
elif kind == "shared memory":
    libc.shmat.restype = ctypes.c_void_p
    segment = libc.shmget(0, 4096, 0o1600)
    held = libc.shmat(segment, None, 0)
    assert segment >= 0 and held is not None
    # It goes with the last process that has it.
    libc.shmctl(segment, 0, None)
else:
    assert kind == "nothing"
count = 0
while True:
    count += 1
    if kind == "waiting" and os.path.exists("accept") and isinstance(held, socket.socket):
        held = held.accept() + (held,)
    if kind == "unix datagram":
        held.send(b"%d" % count)
    with open("next", "w") as f:
        f.write(str(count))
    os.rename("next", "count")
    time.sleep(0.005)
