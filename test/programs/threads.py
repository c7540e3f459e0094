# Eight threads that count, each for itself and all for one sum below a lock, until there is a file "stop".
import json
import os
import threading

counts = [0] * 8
total = 0
lock = threading.Lock()


def count(own):
    global total
    while not os.path.exists("stop"):
        with lock:
            counts[own] += 1
            total += 1


def show(name):
    with lock:
        text = json.dumps({"total": total, "sum": sum(counts), "least": min(counts)})
    with open("next", "w") as f:
        f.write(text)
    os.rename("next", name)


threads = [threading.Thread(target=count, args=(own,)) for own in range(8)]
for one in threads:
    one.start()
while not os.path.exists("stop"):
    show("state")
for one in threads:
    one.join()
show("end")
