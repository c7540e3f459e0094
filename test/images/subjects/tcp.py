# TCP over IPv4 and IPv6: listening, connected with bytes under way both ways, half closed, with options; closed and unbound.
import socket
import struct

from subject import hold

kept = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind((address, 0))
    server.listen(7)
    for number in range(3):
        client = socket.socket(family, socket.SOCK_STREAM)
        if number == 1:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        client.send(b"to the server")
        accepted.send(b"to the client" * 100)
        if number == 1:
            # More than there is room for at the other end: some of it stays where it was written.
            accepted.setblocking(False)
            try:
                while True:
                    accepted.send(b"x" * 5000)
            except BlockingIOError:
                pass
        if number == 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 33)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 2, 7))
            client.shutdown(socket.SHUT_WR)
        kept += [client, accepted]
    unbound = socket.socket(family, socket.SOCK_STREAM)
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.bind((address, 0))
    kept += [server, unbound, bound]
hold()
