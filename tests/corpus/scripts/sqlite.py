# sqlite3, in memory and in files.

# %% in_memory
import sqlite3

def main():
    database = sqlite3.connect(":memory:")
    database.execute("create table t (a integer, b text)")
    database.executemany("insert into t values (?, ?)", [(n, f"row {n}") for n in range(100)])
    return database.execute("select count(*), max(b) from t where a < 50").fetchone()

# %% file_database
import sqlite3

def main():
    with sqlite3.connect("d.db") as database:
        database.execute("create table t (a)")
        database.executemany("insert into t values (?)", [(n,) for n in range(1000)])
    again = sqlite3.connect("d.db")
    return again.execute("select sum(a) from t").fetchone()[0]

# %% transactions
import sqlite3

def main():
    database = sqlite3.connect("d.db")
    database.execute("create table t (a unique)")
    database.commit()
    try:
        with database:
            database.execute("insert into t values (1)")
            database.execute("insert into t values (1)")
    except sqlite3.IntegrityError as error:
        message = str(error)
    return message, database.execute("select count(*) from t").fetchone()[0]

# %% two_connections
import sqlite3

def main():
    one, two = sqlite3.connect("d.db"), sqlite3.connect("d.db", timeout=0.05)
    one.execute("create table t (a)")
    one.commit()
    one.execute("begin immediate")
    try:
        two.execute("begin immediate")
    except sqlite3.OperationalError as error:
        locked = str(error)
    one.rollback()
    two.execute("insert into t values (1)")
    two.commit()
    return locked, one.execute("select count(*) from t").fetchone()[0]

# %% functions_and_rows
import sqlite3

def main():
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.create_function("double", 1, lambda x: x * 2)
    row = database.execute("select double(21) as answer, 'x' as name").fetchone()
    return dict(row)

# %% large_sort_and_vacuum
import sqlite3

def main():
    database = sqlite3.connect("big.db")
    database.execute("create table t (a, b)")
    database.executemany("insert into t values (?, ?)", ((n * 7919 % 10007, "x" * 50) for n in range(20_000)))
    database.commit()
    database.execute("create index i on t (a)")
    database.execute("delete from t where a % 2")
    database.commit()
    database.execute("vacuum")
    return database.execute("select a from t order by a desc limit 3").fetchall()

# %% backup_and_dump
import sqlite3

def main():
    source = sqlite3.connect(":memory:")
    source.executescript("create table t (a); insert into t values (1), (2);")
    target = sqlite3.connect("copy.db")
    source.backup(target)
    return list(source.iterdump()), target.execute("select count(*) from t").fetchone()[0]

# %% pandas_and_sqlite
import sqlite3

import pandas as pd

def main():
    database = sqlite3.connect("p.db")
    pd.DataFrame({"a": [1, 2, 3], "b": list("xyz")}).to_sql("t", database, index=False)
    return pd.read_sql("select * from t where a > 1", database).to_dict("records")

# %% datetime_adapters_and_json
import sqlite3

def main():
    database = sqlite3.connect(":memory:")
    return database.execute("select json_extract('{\"a\": [1, 2]}', '$.a[1]'), date(0, 'unixepoch')").fetchone()

# %% full_text_search
import sqlite3

def main():
    database = sqlite3.connect("fts.db")
    database.execute("create virtual table notes using fts5 (body)")
    database.executemany("insert into notes values (?)", [("the cat sat",), ("a dog ran",)])
    database.commit()
    return database.execute("select body from notes where notes match 'cat'").fetchall()

# %% write_ahead_log
import sqlite3

def main():
    database = sqlite3.connect("w.db")
    mode = database.execute("pragma journal_mode = wal").fetchone()[0]
    database.execute("create table t (a)")
    database.executemany("insert into t values (?)", [(n,) for n in range(100)])
    database.commit()
    other = sqlite3.connect("w.db")
    return mode, other.execute("select sum(a) from t").fetchone()[0]

# %% persistent_journal
import sqlite3

def main():
    database = sqlite3.connect("j.db")
    database.execute("pragma journal_mode = persist")
    database.execute("create table t (a)")
    for n in range(3):
        database.execute("insert into t values (?)", (n,))
        database.commit()
    return sqlite3.connect("j.db").execute("select count(*) from t").fetchone()[0]
