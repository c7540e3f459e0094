# What waits for something: epoll of many targets, one within another; eventfds; inotify and fanotify; timerfds; signalfds.
import ctypes
import os
import select
import signal
import time

from subject import call, checked, hold, libc

os.mkdir("watched")
open("watched/file", "w").close()
watch = checked(libc.inotify_init1(os.O_NONBLOCK))
checked(libc.inotify_add_watch(watch, b"watched", 0x100 | 0x200))
checked(libc.inotify_add_watch(watch, b"watched/file", 0x2))
group = checked(libc.fanotify_init(0x0 | 0x2, os.O_RDONLY))
for path in (b"watched/file", b"watched"):
    checked(libc.fanotify_mark(group, 1, ctypes.c_uint64(0x1 | 0x2 | 0x8000000), -100, path))
counters = [os.eventfd(5), os.eventfd(0, os.EFD_NONBLOCK), os.eventfd(3, os.EFD_SEMAPHORE)]
timers = [os.timerfd_create(clock) for clock in (time.CLOCK_MONOTONIC, time.CLOCK_REALTIME, time.CLOCK_BOOTTIME)]
os.timerfd_settime(timers[0], initial=3600, interval=1.5)
os.timerfd_settime(timers[1], flags=os.TFD_TIMER_ABSTIME, initial=time.time() + 7200)
os.timerfd_settime(timers[2], initial=0.000001)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGRTMIN])
mask = ctypes.create_string_buffer(128)
checked(libc.sigaddset(mask, signal.SIGUSR1))
checked(libc.sigaddset(mask, signal.SIGRTMIN))
signals = checked(libc.signalfd(-1, mask, os.O_NONBLOCK))
os.kill(os.getpid(), signal.SIGUSR1)
loop = select.epoll()
for fd in (watch, group, *counters, *timers, signals):
    loop.register(fd, select.EPOLLIN | select.EPOLLET)
other = os.dup(counters[0])
loop.register(other, select.EPOLLOUT | select.EPOLLONESHOT)
outer = select.epoll()
outer.register(loop.fileno(), select.EPOLLIN)
hold()
