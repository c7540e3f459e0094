# Holds files and a folder open that are deleted, adds to one of them, and shows what it reads in them. Its first argument is the
# size of the file; "linked" as the second leaves another name of it.
import os
import sys
import time

size, linked = int(sys.argv[1]), sys.argv[2:] == ["linked"]
data = open("data", "w+b")
data.write(b"x" * size)
data.flush()
if linked:
    os.link("data", "other")
os.unlink("data")
unnamed = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)
os.write(unnamed, b"without a name")
os.mkdir("folder")
with open("folder/inner", "w+") as file:
    pass
inner = open("folder/inner", "w+")
folder = os.open("folder", os.O_RDONLY)
os.unlink("folder/inner")
os.rmdir("folder")
count = 0
while True:
    count += 1
    inner.seek(0)
    inner.write(str(count))
    inner.flush()
    inner.seek(0)
    seen = os.pread(data.fileno(), size + 1, 0)
    text = "%s %d %s %d" % (inner.read(), len(seen) * (seen == b"x" * size), os.pread(unnamed, 99, 0).decode(), os.fstat(folder).st_nlink)
    with open("next", "w") as f:
        f.write(text)
    os.rename("next", "state")
    time.sleep(0.005)
