# A client of Redis that counts a number up over one connection until its input ends. Prints how far it is.
import socket
import sys
import threading

done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
answers, count = connection.makefile("rb"), 0
while not done.is_set():
    connection.sendall(b"INCR count\r\n")
    count += 1
    answer = answers.readline()
    assert answer == b":%d\r\n" % count, (answer, count)
    print(count, flush=True)
print("same connection", flush=True)
