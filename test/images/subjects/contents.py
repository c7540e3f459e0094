# Memory of many kinds with known contents, and what the process itself read in it: "manifest" is written before it is ready, and
# anew, as a whole, after each step that a SIGUSR1 asks for. A line of it is a range of addresses and the digest of its bytes.
import ctypes
import hashlib
import json
import mmap
import os
import signal

from subject import checked, libc

PAGE = 4096
READ, WRITE = 1, 2
SHARED, PRIVATE, ANONYMOUS, GROWSDOWN, NORESERVE = 1, 2, 0x20, 0x100, 0x4000
libc.getenv.restype = ctypes.c_void_p
ranges, needles = [], []
step = 0


def area(pages, flags, file=-1):
    at = libc.mmap(None, ctypes.c_size_t(pages * PAGE), READ | WRITE, flags, file, ctypes.c_long(0))
    assert at is not None and at < 1 << 63, os.strerror(ctypes.get_errno())
    return at


def fill(at, length, seed):
    """Bytes that do not repeat, and that depend on where they are and on the step."""
    made = hashlib.shake_128(b"%d %d" % (seed, step)).digest(length)
    ctypes.memmove(at, made, length)


def needle(at, text):
    ctypes.memmove(at, text.encode(), len(text))
    needles.append({"address": hex(at), "text": text})


def tell(kind, at, length, held="dump"):
    """`held` says where the bytes are: in the dump, in the file that is mapped, or nowhere, since they are zero."""
    ranges.append({"kind": kind, "address": hex(at), "length": length, "held": held})


def digest(at, length):
    """In parts: an area can be larger than what is worth copying."""
    made = hashlib.sha256()
    for offset in range(0, length, 1 << 20):
        made.update(ctypes.string_at(at + offset, min(1 << 20, length - offset)))
    return made.hexdigest()


def write():
    for one in ranges:
        one["sha256"] = digest(int(one["address"], 16), one["length"])
    with open("next", "w") as file:
        json.dump({"pid": os.getpid(), "step": step, "ranges": ranges, "needles": needles}, file)
    os.rename("next", "manifest-%d" % step)


heap = ctypes.create_string_buffer(40000)
fill(ctypes.addressof(heap), 40000, 1)
needle(ctypes.addressof(heap) + 20000, "needle on the heap")
tell("heap", ctypes.addressof(heap), 40000)

stack = libc.getenv(b"ON_THE_STACK")
tell("stack", stack, len(os.environ["ON_THE_STACK"]) + 1)

private = area(64, PRIVATE | ANONYMOUS)
fill(private, 64 * PAGE, 2)
needle(private + 10 * PAGE - 7, "needle across two pages")
tell("anonymous", private, 64 * PAGE)

# A gigabyte, of which a few pages are there; the last one too.
SPARSE = 1 << 18
sparse = area(SPARSE, PRIVATE | ANONYMOUS | NORESERVE)
libc.madvise(ctypes.c_void_p(sparse), ctypes.c_size_t(SPARSE * PAGE), 15)
for page in (0, 1, 1000, 70000, SPARSE - 1):
    fill(sparse + page * PAGE, PAGE, page)
    tell("anonymous", sparse + page * PAGE, PAGE)
for page in (2, 999, 1001, SPARSE - 2):
    tell("anonymous", sparse + page * PAGE, PAGE, "zero")
tell("anonymous", sparse + 69990 * PAGE, 20 * PAGE)
needle(sparse + 70000 * PAGE + 100, "needle deep in a hole")

shared = area(32, SHARED | ANONYMOUS)
for page in (3, 4, 31):
    fill(shared + page * PAGE, PAGE, 3000 + page)
needle(shared + 31 * PAGE, "needle in shared memory")
tell("shared", shared, 32 * PAGE)

file = os.memfd_create("contents", 0)
os.ftruncate(file, 16 * PAGE)
memfd = area(16, SHARED, file)
for page in (0, 7):
    fill(memfd + page * PAGE, PAGE, 4000 + page)
needle(memfd + 7 * PAGE + 5, "needle in a memfd")
tell("shared", memfd, 16 * PAGE)

with open("file", "wb") as made:
    made.write(hashlib.shake_128(b"file").digest(8 * PAGE - 100))
file = os.open("file", os.O_RDWR)
copied = area(8, PRIVATE, file)
fill(copied + 2 * PAGE, PAGE, 5)
needle(copied + 2 * PAGE + 9, "needle in a changed page of a file")
tell("file", copied + 2 * PAGE, PAGE)
for page in (1, 3):
    tell("file", copied + page * PAGE, PAGE, "file")
common = area(4, SHARED, file)
fill(common, 10, 6)
tell("file", common, 4 * PAGE, "file")

growing = area(8, PRIVATE | ANONYMOUS | GROWSDOWN)
fill(growing + 6 * PAGE, 2 * PAGE, 7)
tell("anonymous", growing + 6 * PAGE, 2 * PAGE)

locked = area(4, PRIVATE | ANONYMOUS)
fill(locked, 4 * PAGE, 8)
checked(libc.mprotect(ctypes.c_void_p(locked), ctypes.c_size_t(4 * PAGE), READ))
tell("anonymous", locked, 4 * PAGE)

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
while True:
    write()
    open("ready", "w").close()
    signal.sigwait([signal.SIGUSR1])
    step += 1
    # A part of each kind changes, and a hole is filled; the rest is as it was.
    fill(ctypes.addressof(heap) + 8192, 100, 1)
    fill(private + 5 * PAGE, 2 * PAGE, 2)
    fill(sparse + 1000 * PAGE + 50, 10, 1000)
    fill(sparse + 70005 * PAGE, PAGE, 70005)
    fill(shared + 4 * PAGE, PAGE, 3004)
    fill(shared + 9 * PAGE, PAGE, 3009)
    fill(memfd + 8 * PAGE, PAGE, 4008)
    fill(copied + 2 * PAGE + 2000, 10, 5)
