# Filters of system calls: one, two over each other with flags, another one in a thread; and no new rights.
import ctypes
import struct
import threading

from subject import call, checked, child, hold, libc


def filtering(number, flags=0):
    """Forbids a system call."""
    code = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7FFF0000)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
    checked(libc.prctl(38, 1, 0, 0, 0))
    call(317, 1, flags, struct.pack("H6xP", len(code), ctypes.addressof(program)))


def twice():
    filtering(169)
    filtering(170, 2)


def threaded():
    ready = threading.Event()

    def one():
        filtering(171)
        ready.set()
        threading.Event().wait()

    threading.Thread(target=one, daemon=True).start()
    ready.wait()


child(lambda: filtering(169))
child(twice)
child(threaded)
hold()
