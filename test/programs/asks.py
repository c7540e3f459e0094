# A client that asks an HTTP server again and again over one connection until its input ends. With "counts" as its third argument the
# answers are their own numbers, none of which may be lost or come twice. Prints how many it has had, and how its connection ended.
import http.client
import sys
import threading

port, path, counts = int(sys.argv[1]), sys.argv[2], sys.argv[3:] == ["counts"]
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()

connection = http.client.HTTPConnection("127.0.0.1", port)
connection.connect()
own, answers = connection.sock.getsockname(), 0
try:
    while not done.is_set():
        connection.request("GET", path)
        answer = connection.getresponse().read()
        answers += 1
        assert not counts or answer == b"%d" % answers, (answer, answers)
        # http.client would open another one by itself.
        assert connection.sock is not None and connection.sock.getsockname() == own, "another connection"
        print(answers, flush=True)
    print("same connection", flush=True)
except (ConnectionError, http.client.RemoteDisconnected) as error:
    print("reset" if isinstance(error, ConnectionResetError) else "closed", flush=True)
