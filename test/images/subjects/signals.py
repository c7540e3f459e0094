# Signals: with handlers, ignored, blocked and waiting for the process and for a thread, queued with values; a stack for handlers.
import ctypes
import os
import signal
import struct
import threading

from subject import call, checked, hold, libc

signal.signal(signal.SIGHUP, lambda *_: None)
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
signal.siginterrupt(signal.SIGHUP, False)
waiting = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD, signal.SIGRTMIN, signal.SIGRTMIN + 5]
signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
for number, value in ((signal.SIGRTMIN, 1), (signal.SIGRTMIN, 2), (signal.SIGRTMIN + 5, 99), (signal.SIGUSR1, 7)):
    checked(libc.sigqueue(os.getpid(), number, ctypes.c_void_p(value)))
signal.pthread_kill(threading.get_ident(), signal.SIGUSR2)
if os.fork() == 0:
    os._exit(4)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
area = ctypes.create_string_buffer(1 << 16)
checked(libc.sigaltstack(struct.pack("Pi4xN", ctypes.addressof(area), 0, 1 << 16), None))
hold()
