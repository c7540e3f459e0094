# Memory that several processes share: without a name, and System V's, with its semaphores and messages (in a namespace of its own).
import ctypes
import mmap
import struct

from subject import call, checked, child, hold, libc

anonymous = mmap.mmap(-1, 1 << 20)
for page in range(0, 256, 17):
    anonymous[page * 4096 : page * 4096 + 4] = struct.pack("I", page)
for key, size in ((0x10, 10000), (0x11, 4096), (0, 5)):
    segment = checked(libc.shmget(key, size, 0o1640))
    at = libc.shmat(segment, None, 0)
    ctypes.memset(at, 0x61 + key, 5)
    if key == 0:
        checked(libc.shmctl(segment, 0, None))
unattached = checked(libc.shmget(0x12, 100, 0o1600))
for key, values in ((0x20, (1, 2, 3)), (0x21, (65,)), (0x22, (0, 5, 10, 20, 1))):
    semaphores = checked(libc.semget(key, len(values), 0o1600))
    for number, value in enumerate(values):
        checked(libc.semctl(semaphores, number, 16, value))
for key, messages in ((0x30, (b"one", b"the second message", b"")), (0x31, ()), (0x32, (b"12345678",))):
    queue = checked(libc.msgget(key, 0o1600))
    for number, text in enumerate(messages):
        checked(libc.msgsnd(queue, struct.pack("l", number + 1) + text, len(text), 0))
child(lambda: anonymous.write(b"of the child"))
hold()
