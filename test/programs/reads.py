# Looks at a SQLite database as another program does. With "begin" as its argument: could it write now? Else: is the database whole, and
# how many transactions and rows are in it?
import json
import sqlite3
import sys

if sys.argv[1:] == ["begin"]:
    try:
        sqlite3.connect("db", timeout=0, isolation_level=None).execute("begin immediate")
        print("open")
    except sqlite3.OperationalError as error:
        print(error)
else:
    database = sqlite3.connect("db", timeout=30)
    check = database.execute("pragma integrity_check").fetchone()[0]
    sizes = [n for (n,) in database.execute("select count(*) from rows group by tx")]
    print(json.dumps({"check": check, "transactions": len(sizes), "sizes": sorted(set(sizes))}))
