# Writes transactions of two hundred rows into a SQLite database until there is a file "stop", which it looks for between two of them.
# Shows how far it has come as "transaction row". Its argument is the journal mode.
import os
import sqlite3
import sys

database = sqlite3.connect("db", isolation_level=None)
database.execute("pragma journal_mode = " + sys.argv[1])
# Little of a transaction stays in memory: its pages go to the files at once.
database.execute("pragma cache_size = 5")
database.execute("create table rows (tx integer, row integer, pad text)")
tx = 0
while not os.path.exists("stop"):
    tx += 1
    database.execute("begin immediate")
    for row in range(200):
        database.execute("insert into rows values (?, ?, ?)", (tx, row, "x" * 200))
        # A test waits here until the transaction is under way, and lets it go on.
        with open("next", "w") as f:
            f.write("%d %d" % (tx, row))
        os.rename("next", "at")
        while row == 100 and os.path.exists("hold"):
            pass
    database.execute("commit")
with open("end", "w") as f:
    f.write(str(tx))
