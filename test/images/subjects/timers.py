# Timers: the three of a process, and POSIX's of several clocks, that signal, signal a thread, or do nothing.
import ctypes
import signal
import struct
import threading

from subject import call, hold

for number in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGUSR1):
    signal.signal(number, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 5000, 1.25)
signal.setitimer(signal.ITIMER_VIRTUAL, 6000, 0)
signal.setitimer(signal.ITIMER_PROF, 7000, 3)
for clock, notify, number in ((0, 0, signal.SIGUSR1), (1, 1, 0), (7, 4, signal.SIGRTMIN + 2), (3, 0, signal.SIGUSR1)):
    event = struct.pack("QiiI52x", 0x1234, number, notify, threading.get_native_id())
    timer = ctypes.c_int()
    call(222, clock, event, ctypes.byref(timer))
    call(223, timer, 0, struct.pack("qqqq", 1, 2, 3600, 4), None)
hold()
