# UDP and UDP-Lite, raw sockets, packet sockets with a membership, netlink sockets with groups.
import socket
import struct

from subject import hold

kept = []
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    bound = socket.socket(family, socket.SOCK_DGRAM)
    bound.bind((address, 0))
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client = socket.socket(family, socket.SOCK_DGRAM)
    client.connect(bound.getsockname())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 3)
    fresh = socket.socket(family, socket.SOCK_DGRAM)
    lite = socket.socket(family, socket.SOCK_DGRAM, 136)
    lite.bind((address, 0))
    raw = socket.socket(family, socket.SOCK_RAW, 253)
    kept += [bound, client, fresh, lite, raw]
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
icmp.setsockopt(255, 1, struct.pack("I", 0xFFFFFFFE))
for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
    packets = socket.socket(socket.AF_PACKET, kind, socket.htons(0x88B5))
    packets.bind(("lo", 0x88B5))
    packets.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex("lo"), 1, 0, b""))
    kept.append(packets)
packets.setsockopt(263, 8, struct.pack("I", 1))
route = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
route.bind((0, 1 | 0x10))
events = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 15)
events.bind((0, 1))
hold()
