# Terminals: a pair that a child has as its session's, with a size, settings and text under way; a pair that nobody controls.
import fcntl
import os
import pty
import struct
import termios
import tty

from subject import child, hold

master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 1, 2))


def session():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.write(slave, b"shown\n")
    os.tcsetpgrp(slave, os.getpgrp())


child(session)
os.write(master, b"typed\n")
raw, other = pty.openpty()
tty.setraw(other)
os.write(raw, b"raw bytes")
fcntl.ioctl(raw, termios.TIOCPKT, struct.pack("i", 1))
gone, closed = pty.openpty()
os.close(closed)
hold()
