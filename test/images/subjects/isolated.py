# A process whose namespaces are its own: of the network with a bridge and a pair of devices, of its name, of System V's objects, of
# time, of users, as whoever starts it has chosen.
import os
import socket
import subprocess

from subject import hold

for line in (
    "link set lo up",
    "link add pair0 type veth peer name pair1",
    "addr add 10.11.12.13/24 dev pair0",
    "link set pair0 up",
    "link add bridge0 type bridge",
    "link set pair1 master bridge0",
    "link add dummy0 type dummy",
    "link add virtual0 link dummy0 type macvlan mode bridge",
    "-6 addr add fd00::1/64 dev pair0",
    "route add 10.99.0.0/16 dev pair0",
):
    # What the kernel lacks is left out.
    subprocess.run(["ip", *line.split()], stderr=subprocess.DEVNULL, check=False)
try:
    socket.sethostname("isolated")
except OSError:
    pass
hold()
