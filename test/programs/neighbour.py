# Does one thing to another program until its input ends, and says when it has begun: listens or receives on a unix socket, connects
# to a port, traces a process, or is the terminal of a program.
import ctypes
import os
import pty
import signal
import socket
import sys
import threading

kind, *more = sys.argv[1:]


def relay(master):
    def show():
        while True:
            try:
                text = os.read(master, 4096)
            except OSError:
                return
            sys.stdout.write(text.decode())
            sys.stdout.flush()

    threading.Thread(target=show, daemon=True).start()
    for line in sys.stdin:
        os.write(master, line.encode())


if kind == "listen":
    server = socket.socket(socket.AF_UNIX)
    server.bind("neighbour")
    server.listen()
    print("begun", flush=True)
    connection = server.accept()
elif kind == "receive":
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(more[0])

    def receive():
        while True:
            print("got", server.recv(99).decode(), flush=True)

    threading.Thread(target=receive, daemon=True).start()
    print("begun", flush=True)
elif kind == "connect":
    connection = socket.create_connection(("127.0.0.1", int(more[0])))
    print("begun", flush=True)
elif kind == "trace":
    PTRACE_SEIZE = 0x4206
    assert ctypes.CDLL(None).ptrace(PTRACE_SEIZE, int(more[0]), None, None) == 0
    print("begun", flush=True)
elif kind == "terminal":
    # What it starts ends as a child that nobody has to look after.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    child, master = pty.fork()
    if child == 0:
        os.execv(more[0], more)
    print("child %d" % child, flush=True)
    relay(master)
else:
    assert kind == "empty terminal"
    master, slave = os.openpty()
    print("path %s" % os.ttyname(slave), flush=True)
    relay(master)
sys.stdin.read()
