# Reads a SQLite database as another program does: is it whole, and how many transactions and rows are in it?
import json
import sqlite3

database = sqlite3.connect("db", timeout=30)
check = database.execute("pragma integrity_check").fetchone()[0]
sizes = [n for (n,) in database.execute("select count(*) from rows group by tx")]
print(json.dumps({"check": check, "transactions": len(sizes), "sizes": sorted(set(sizes))}))
