# An event loop of epoll over what the kernel offers: a watched folder, an eventfd, a timer, signals; and a sealed memfd. Shows what
# it has counted, and the pid of the one to signal.
import ctypes
import fcntl
import json
import os
import select
import signal
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
IN_CREATE, F_ADD_SEALS, F_GET_SEALS, SEAL_SHRINK, SEAL_GROW = 0x100, 1033, 1034, 2, 4

os.mkdir("watched")
watch = libc.inotify_init1(os.O_NONBLOCK)
libc.inotify_add_watch(watch, b"watched", IN_CREATE)
events = os.eventfd(0, os.EFD_NONBLOCK)
timer = os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK)
os.timerfd_settime(timer, initial=0.005)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
mask = ctypes.create_string_buffer(128)
libc.sigemptyset(mask)
libc.sigaddset(mask, signal.SIGUSR1)
signals = libc.signalfd(-1, mask, os.O_NONBLOCK)
memory = os.memfd_create("memory", os.MFD_ALLOW_SEALING)
os.write(memory, b"remembered")
fcntl.fcntl(memory, F_ADD_SEALS, SEAL_SHRINK | SEAL_GROW)

loop = select.epoll()
for fd in (watch, events, timer, signals):
    loop.register(fd, select.EPOLLIN)
counts = {"created": 0, "ticks": 0, "signals": 0, "events": 0}
while True:
    for fd, _ in loop.poll():
        data = os.read(fd, 4096)
        if fd == watch:
            counts["created"] += 1
        elif fd == signals:
            counts["signals"] += len(data) // 128
        elif fd == events:
            counts["events"] += struct.unpack("Q", data)[0]
        else:
            # Two events for each tick: none may be lost.
            counts["ticks"] += struct.unpack("Q", data)[0]
            os.eventfd_write(events, 2)
            os.timerfd_settime(timer, initial=0.005)
    state = {**counts, "memory": os.pread(memory, 99, 0).decode(), "seals": fcntl.fcntl(memory, F_GET_SEALS)}
    with open("next", "w") as f:
        f.write(json.dumps(state))
    os.rename("next", "state")
