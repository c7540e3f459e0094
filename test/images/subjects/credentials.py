# Who a process is and what it may: groups, capabilities, secure bits, limits, priorities, its root and working folder, its umask.
import ctypes
import os
import resource
import struct

from subject import call, checked, child, hold, libc


def grouped():
    os.setgroups([1, 5, 1000, 70000])
    libc.setfsgid(1000)


def limited():
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, resource.RLIM_INFINITY))


def capable():
    for one in (12, 25, 39):
        checked(libc.prctl(24, one, 0, 0, 0))
    checked(libc.prctl(28, 0x2F, 0, 0, 0))
    header, sets = struct.pack("II", 0x20080522, 0), struct.pack("6I", 0x20, 0x20, 0x20, 0, 0, 0)
    call(126, header, sets)


def placed():
    os.mkdir("root")
    os.mkdir("root/work")
    os.chroot("root")
    os.chdir("/work")
    os.umask(0o137)


def scheduled():
    os.setpriority(os.PRIO_PROCESS, 0, 11)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")
    with open("/proc/self/coredump_filter", "w") as file:
        file.write("0x11")
    checked(libc.prctl(29, 123456, 0, 0, 0))  # The slack of timers.
    checked(libc.prctl(41, 1, 0, 0, 0))  # No huge pages.
    checked(libc.prctl(4, 0, 0, 0, 0))  # Not to be dumped, as the kernel means it.
    checked(libc.prctl(15, b"scheduled", 0, 0, 0))


for what in (grouped, limited, capable, placed, scheduled):
    child(what)
hold()
