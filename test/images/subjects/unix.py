# Unix sockets: pairs of all types with messages under way, files among them; listening by a path and by an abstract name, and
# connected to that; shut down; with options.
import os
import socket
import struct

from subject import child, hold

kept = []
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    one.send(b"to the other")
    one.send(b"and more")
    other.send(b"to the one")
    kept += [one, other]
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
with open("carried", "w+") as carried:
    carried.write("carried")
    carried.flush()
    socket.send_fds(one, [b"with files"], [carried.fileno(), 0])
kept += [one, other]
for name in (os.path.abspath("listening"), "\0abstract-%d" % os.getpid()):
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen(5)
    client = socket.socket(socket.AF_UNIX)
    client.connect(name)
    client.send(b"hello")
    accepted, _ = server.accept()
    waiting = socket.socket(socket.AF_UNIX)
    waiting.connect(name)
    kept += [server, client, accepted, waiting]
bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
bound.bind(os.path.abspath("datagrams"))
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.connect(os.path.abspath("datagrams"))
sender.send(b"a datagram")
kept += [bound, sender]
shut, half = socket.socketpair()
shut.shutdown(socket.SHUT_WR)
half.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 3, 500000))
half.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100000)
passing = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
passing.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
child(lambda: shut.close())
hold()
