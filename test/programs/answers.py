# Answers each line that is typed at its terminal with its number, and says whether it is at one.
import os
import sys

print("ready", flush=True)
for number, line in enumerate(sys.stdin, 1):
    print("answer %d to %s, %s" % (number, line.strip(), "a terminal" if os.isatty(0) else "no terminal"), flush=True)
