# Pipes and fifos: with bytes in them, empty, with one end closed, of another size, asked for signals, shared.
import fcntl
import os
import signal

from subject import child, hold

full = os.pipe()
os.write(full[1], bytes(range(256)) * 20)
sized = os.pipe()
fcntl.fcntl(sized[1], 1031, 1 << 18)
os.set_blocking(sized[0], False)
os.write(sized[1], b"in a larger pipe")
half = os.pipe()
os.write(half[1], b"the last words")
os.close(half[1])
deaf = os.pipe()
os.close(deaf[0])
asked = os.pipe()
fcntl.fcntl(asked[0], fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(asked[0], 10, signal.SIGRTMIN + 1)
fcntl.fcntl(asked[0], fcntl.F_SETFL, fcntl.fcntl(asked[0], fcntl.F_GETFL) | os.O_ASYNC)
signal.signal(signal.SIGRTMIN + 1, signal.SIG_IGN)
for name, text in [("fifo", b"in a fifo"), ("empty", b"")]:
    os.mkfifo(name)
    end = os.open(name, os.O_RDWR)
    os.write(end, text)
os.open("fifo", os.O_RDONLY)
child(lambda: os.close(full[0]))
hold()
