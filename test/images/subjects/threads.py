# Threads: with names, with signals of their own that wait for them, with a scheduling policy and processors of their own.
import os
import signal
import threading

from subject import checked, hold, libc

ready = threading.Barrier(6)


def one(number):
    checked(libc.prctl(15, b"thread %d" % number))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGRTMIN + number])
    if number == 1:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    if number == 2:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 7)
    if number == 3:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        os.sched_setaffinity(0, [0])
    ready.wait()
    threading.Event().wait()


for number in range(5):
    threading.Thread(target=one, args=(number,), daemon=True).start()
ready.wait()
hold()
