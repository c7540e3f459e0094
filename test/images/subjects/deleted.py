# What is open and has no name any more: files small and large, with holes, mapped; folders, fifos, links; and one never named.
import mmap
import os
import socket

from subject import hold

for name, data, size in (("small", b"small", 0), ("empty", b"", 0), ("large", os.urandom(40000) * 25, 0), ("holes", b"begin", 5 << 20)):
    file = os.open(name, os.O_RDWR | os.O_CREAT, 0o604)
    os.write(file, data)
    if size > 0:
        os.pwrite(file, b"in the middle", size // 2)
        os.pwrite(file, b"the end", size - 7)
    os.unlink(name)
mapped = open("mapped", "w+b")
mapped.write(b"m" * 10000)
mapped.flush()
area = mmap.mmap(mapped.fileno(), 10000)
mapped.close()
os.unlink("mapped")
os.mkdir("folder")
inner = os.open("folder/inner", os.O_WRONLY | os.O_CREAT)
folder = os.open("folder", os.O_RDONLY)
os.unlink("folder/inner")
os.rmdir("folder")
os.mkfifo("fifo")
fifo = os.open("fifo", os.O_RDWR)
os.write(fifo, b"in a fifo without a name")
os.unlink("fifo")
gone = socket.socket(socket.AF_UNIX)
gone.bind(os.path.abspath("gone"))
os.unlink("gone")
unnamed = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)
os.write(unnamed, b"never had a name")
hold()
