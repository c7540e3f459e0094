# Tries to take each lock that locks.py holds, as another program, and prints those that it could not have.
import fcntl

refused = []
for name in ("flock", "posix", "ofd"):
    with open(name, "r+") as file:
        try:
            if name == "flock":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            elif name == "posix":
                # The bytes before those that are locked are free.
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 2, 0)
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 11)
            else:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refused.append(name)
print(" ".join(refused))
