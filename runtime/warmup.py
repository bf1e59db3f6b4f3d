"""The trusted scripts that run before any real one, so that everything lazy has been done.

Zygote, once: they make Python and the preloaded packages do what these do at first use; every cell inherits the
caches, and forget() removes what a script could see. The zygote's trial process runs them too, to learn which
pages each cell should touch ahead of time (src/zygote/touched_pages.h).
"""

import gc
import linecache
import os
import sys
import warnings

import recipes

# No threads, asyncio or files: these leave counters or descriptors that cannot be restored.
SCRIPT = b'''
import collections, datetime, json, math, random, re, string

class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def norm(self):
        return math.hypot(self.x, self.y)

def numbers(count):
    for i in range(count):
        yield i * i

def main():
    print("warm", 1, 2.5, f"{1.5:8.3f}")
    re.purge()  # so that each rehearsal compiles
    words = re.findall(r"[a-z]+", "the quick brown fox the lazy dog")
    counts = collections.Counter(words)
    table = [{"id": i, "name": f"n{i}", "value": i / 7} for i in range(160)]
    table.sort(key=lambda row: -row["value"])
    data = json.loads(json.dumps({"table": table, "counts": counts.most_common(3)}))
    points = [Point(i, i + 1) for i in range(20)]
    try:
        raise ValueError("warm")
    except ValueError as error:
        caught = str(error)
    random.random()
    day = datetime.datetime(2024, 1, 31) + datetime.timedelta(days=1)
    return {
        "sum": sum(numbers(20)), "norm": sum(point.norm() for point in points),
        "rows": data["table"], "words": sorted(set(words)), "day": day, "caught": caught,
        "none": [None, True, 1.5, "\\u00e9"],
    }
'''

# Writes only what any script writes: each page that it touches is copied in every cell, needed or not. So it
# uses unique names, to touch no interned string of another module.
TRIAL_SCRIPT = b'''
def main():
    print("forkjail 1", 1)
    return {"forkjail_2": "forkjail 3", "forkjail_4": 1}
'''

# Of a session: its first run, and what the ones after it are like. A state touches these pages while it is idle.
# Which names a script uses does not matter for them.
SESSION_FIRST_SCRIPT = b'forkjail_1 = 1\n'
SESSION_NEXT_SCRIPT = b'forkjail_1 += 1\nprint("forkjail 2", forkjail_1)\nforkjail_1\n'
# After so many runs CPython has rewritten the code of all that a run in a session calls: from then on each run
# writes to the same pages.
SESSION_RUNS = 30

REHEARSALS = 40

# Triggers lazy imports and lazily built objects, once for all cells.
ONCE_SCRIPT = b'''
import asyncio, csv, dataclasses, datetime, decimal, gzip, inspect, io, statistics, traceback

def try_all(*tries):
    for attempt in tries:
        attempt()

def plain_things():
    @dataclasses.dataclass
    class Row:
        a: int = 0
    try_all(
        lambda: inspect.getsource(main), lambda: inspect.signature(main), lambda: dataclasses.asdict(Row()),
        lambda: decimal.Decimal("1.1") ** 2, lambda: statistics.mean([1, 2]), lambda: statistics.stdev([1, 2]),
        lambda: list(csv.DictReader(io.StringIO("a,b\\n1,2\\n"))), lambda: gzip.compress(b"x"),
        lambda: datetime.datetime.strptime("2024-01-02", "%Y-%m-%d"), lambda: "caf\\u00e9".encode("latin-1"),
        lambda: b"x".decode("ascii"), lambda: "x".encode("utf-16"), lambda: "x".encode("cp1252"),
        lambda: "a".encode("idna"),
    )
    try:
        {}["missing"]
    except KeyError:
        traceback.format_exc()

def main():
    plain_things()
'''


def common_scripts():
    """Common uses of Python and of the preloaded modules."""
    return [SCRIPT, *(recipe.common for recipe in recipes.applied())]


def idle_scripts():
    return [recipe.while_idle for recipe in recipes.applied() if recipe.while_idle]


def trial_scripts():
    return [TRIAL_SCRIPT]


def session_scripts():
    """Cells of a session, one after the other; the last one is like all that follow."""
    return [SESSION_FIRST_SCRIPT, *[SESSION_NEXT_SCRIPT] * SESSION_RUNS]


def rehearsal_scripts():
    """Runs again, and often, in the zygote: from 3.11 on CPython rewrites a function's code while it runs, a
    few dozen times; if that is done here, no cell has to write to these pages."""
    rehearsed = []
    for i in range(recipes.COMMON_REHEARSALS):
        rehearsed += [SCRIPT, *(recipe.common for recipe in recipes.applied() if i < recipe.rehearsals)]
    return rehearsed + trial_scripts() * REHEARSALS


def scripts():
    """The scripts that the zygote runs, in order."""
    return [ONCE_SCRIPT, *(recipe.once for recipe in recipes.applied()), *common_scripts()]


def empty_caches(fresh):
    """Last: pins what the packages keep for reuse. Memory from the address `fresh` on was never used by malloc."""
    for recipe in recipes.applied():
        if recipe.empty_caches:
            recipe.empty_caches(fresh)


_saved_path = []
_saved_filters = []
_saved_main = []  # the interpreter's own, empty module


def remember():
    """Saves the state before the first script."""
    _saved_path[:] = sys.path
    _saved_filters[:] = warnings.filters
    _saved_main[:] = [sys.modules["__main__"]]


def forget():
    """Restores the state after the last script, so that no script can see what they left."""
    sys.modules.pop("script", None)
    sys.modules["__main__"] = _saved_main[0]
    linecache.cache.pop("script.py", None)
    sys.path[:] = _saved_path
    warnings.filters[:] = _saved_filters
    # The cached listing of the working directory: a request's files are added later.
    sys.path_importer_cache.pop(os.getcwd(), None)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)
    gc.collect()
    gc.freeze()
