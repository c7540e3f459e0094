# Other things to hold: files opened in many ways, descriptors at high numbers, namespaces, devices and a pidfd.
import fcntl
import os
import struct

from subject import child, hold

with open("text", "w") as text:
    text.write("some text")
kept = [
    os.open("text", os.O_RDONLY | os.O_NOFOLLOW),
    os.open("text", os.O_RDWR | os.O_APPEND | os.O_CLOEXEC),
    os.open("text", os.O_PATH),
    os.open(".", os.O_RDONLY | os.O_DIRECTORY),
    os.open("/proc/self/ns/net", os.O_RDONLY),
    os.open("/proc/self/status", os.O_RDONLY),
    os.open("/dev/zero", os.O_RDWR),
    os.open("/dev/urandom", os.O_RDONLY),
]
os.lseek(kept[0], 5, os.SEEK_SET)
os.dup2(kept[1], 900)
os.dup2(kept[0], 901, inheritable=False)
fcntl.fcntl(kept[0], fcntl.F_SETSIG, 40)
one = child(lambda: os.close(kept[3]))
pid = os.pidfd_open(one)
try:
    # A tunnel, where there is such a device.
    tunnel = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tunnel, 0x400454CA, struct.pack("16sH22x", b"tunnel0", 1))
except OSError:
    pass
hold()
