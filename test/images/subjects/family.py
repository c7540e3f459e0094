# Many processes: children of children, groups and sessions, a zombie, one that is stopped, one that its parent left,
# one without any descriptor.
import os
import signal

from subject import checked, child, hold, libc, pause

checked(libc.prctl(36, 1))  # Orphans come to this process.


def grand():
    child(lambda: None)
    child(lambda: os.setpgid(0, 0))


def stopped():
    checked(libc.prctl(1, signal.SIGTERM))  # The signal at the death of its parent.


for _ in range(16):
    child(lambda: None)
child(grand)
child(os.setsid)
out, into = os.pipe()
if os.fork() == 0:
    os.closerange(0, 4096)
    pause()
os.close(into)
os.read(out, 1)
os.close(out)
if (leaver := os.fork()) == 0:
    child(lambda: os.setpgid(0, 0))
    os._exit(0)
os.waitpid(leaver, 0)
pid = child(stopped)
os.kill(pid, signal.SIGSTOP)
os.waitpid(pid, os.WUNTRACED)
os.waitid(os.P_PID, os.posix_spawn("/bin/true", ["true"], {}), os.WEXITED | os.WNOWAIT)
if (killed := os.fork()) == 0:
    pause()
os.kill(killed, signal.SIGKILL)
os.waitid(os.P_PID, killed, os.WEXITED | os.WNOWAIT)
hold()
