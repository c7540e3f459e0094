# Files in memory: sealed, written, mapped shared and private, with holes, empty, of huge pages where there are any; and one that
# another process has too.
import fcntl
import mmap
import os

from subject import child, hold

sealed = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
os.write(sealed, b"never to change")
fcntl.fcntl(sealed, 1033, 1 | 2 | 4 | 8)
holes = os.memfd_create("with holes", 0)
os.ftruncate(holes, 1 << 20)
for page in (0, 3, 100, 255):
    os.pwrite(holes, b"page %d" % page, page * 4096)
mapped = mmap.mmap(holes, 1 << 20)
mapped[50 * 4096] = 7
private = mmap.mmap(holes, 8192, mmap.MAP_PRIVATE)
private[0:3] = b"own"
empty = os.memfd_create("empty", os.MFD_CLOEXEC)
os.fchmod(empty, 0o640)
try:
    huge = os.memfd_create("huge", os.MFD_HUGETLB)
    os.ftruncate(huge, 2 << 20)
    large = mmap.mmap(huge, 2 << 20)
    large[0] = 1
except OSError:
    os.close(huge)
again = os.open("/proc/self/fd/%d" % holes, os.O_RDONLY)
os.lseek(again, 4096, os.SEEK_SET)
child(lambda: None)
hold()
