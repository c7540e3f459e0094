# Kinds of memory: the heap, anonymous, private and shared files, growing down, locked, of huge pages, without rights, with advice,
# far apart, and that of asynchronous IO.
import ctypes
import mmap
import os

from subject import call, checked, hold, libc

READ, WRITE, EXEC = 1, 2, 4
SHARED, PRIVATE, ANONYMOUS, GROWSDOWN, LOCKED, NORESERVE, STACK = 1, 2, 0x20, 0x100, 0x2000, 0x4000, 0x20000


def area(pages, rights=READ | WRITE, flags=PRIVATE | ANONYMOUS, file=-1, touched=(), offset=0):
    size = ctypes.c_size_t(pages * 4096)
    at = libc.mmap(None, size, rights, flags, file, ctypes.c_long(offset))
    assert at is not None and at < 1 << 63, os.strerror(ctypes.get_errno())
    for page in touched:
        ctypes.memset(at + page * 4096, 1 + page % 255, 4096)
    return at


with open("file", "wb") as made:
    made.write(os.urandom(1 << 16))
file = os.open("file", os.O_RDWR)
large = area(1 << 15, touched=range(0, 1 << 15, 999))
area(16, touched=[0, 5, 15])
area(8, READ | WRITE, PRIVATE | ANONYMOUS | GROWSDOWN | STACK, touched=[6, 7])
area(16, READ | WRITE, PRIVATE, file, [2, 3])
area(16, READ, PRIVATE, file)
area(8, READ | WRITE, SHARED, file, [1], 4096)
area(4, READ | EXEC, PRIVATE, file)
area(64, READ | WRITE, SHARED | ANONYMOUS, touched=[0, 63])
area(4, 0)
area(4, READ | WRITE, PRIVATE | ANONYMOUS | LOCKED)
area(4, READ | WRITE, PRIVATE | ANONYMOUS | NORESERVE, touched=[1])
secret = area(16, touched=range(16))
checked(libc.mprotect(ctypes.c_void_p(secret + 4 * 4096), 4 * 4096, READ))
for advice, at in ((10, area(4, touched=[0])), (16, area(4, touched=[0])), (18, area(4, touched=[0])), (12, area(4, touched=[0]))):
    libc.madvise(ctypes.c_void_p(at), 4 * 4096, advice)
huge = area(1024 + 512, touched=[])
libc.madvise(ctypes.c_void_p(huge), (1024 + 512) * 4096, 14)
ctypes.memset(huge, 9, (1024 + 512) * 4096)
zero = area(4, READ | WRITE, PRIVATE, os.open("/dev/zero", os.O_RDWR), [1])
ring = ctypes.c_ulong(0)
call(206, 8, ctypes.byref(ring))
more = ctypes.create_string_buffer(b"on the heap", 5000)
hold()
