"""The trusted scripts that run before any real one, so that everything lazy has been done.

Zygote, once: they make Python and the preloaded packages do what these do at first use; every cell inherits the
caches, and forget() removes what a script could see. The zygote's trial process runs them too, to learn which
pages each cell should touch ahead of time (src/zygote/touched_pages.h).
"""

import collections
import gc
import linecache
import os
import sys
import warnings

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

NUMPY_SCRIPT = b'''
import numpy as np

def main():
    a = np.linspace(0, 1, 2500).reshape(50, 50)
    x = np.linalg.solve(a @ a.T + np.eye(50), np.ones(50))
    figures = [np.mean(a), a.std(), np.median(x), np.percentile(x, 90), np.trace(a), a.max(), round(float(x.min()), 3)]
    drawn = np.random.default_rng(1).normal(size=20)
    return {"figures": figures, "std": a.std(axis=0), "order": np.argsort(x), "one": a[a > 0.5].sum(),
            "where": np.where(drawn > 0, drawn, 0), "near": np.concatenate([np.zeros(3), np.round(x[:3], 2)])}
'''

NUMPY_ONCE = b'''
import io

def try_all(*tries):
    for attempt in tries:
        attempt()

def main():
    import numpy as np
    a = np.random.rand(30, 30)
    try_all(
        lambda: np.linalg.inv(a), lambda: np.linalg.eig(a), lambda: np.linalg.svd(a),
        lambda: np.linalg.lstsq(a, a[0], rcond=None), lambda: np.fft.fft(a), lambda: np.sort(a),
        lambda: np.percentile(a, [5, 50]), lambda: np.histogram(a), lambda: np.polyfit(a[0], a[1], 2),
        lambda: np.random.default_rng(1).choice(5, 3), lambda: np.random.randint(0, 5, 10),
        lambda: np.random.shuffle(np.arange(9)), lambda: np.array2string(a), lambda: repr(a),
        lambda: np.savetxt(io.StringIO(), a), lambda: np.loadtxt(io.StringIO("1 2\\n3 4")),
        lambda: np.einsum("ij,jk", a, a), lambda: np.cumsum(a), lambda: np.corrcoef(a),
        lambda: np.array(["2024-01-01"], dtype="datetime64[D]").tolist(),
        lambda: np.ma.masked_array([1, 2], [0, 1]).mean(), lambda: np.vectorize(abs)([1, -1]),
        lambda: np.testing.assert_allclose(a, a), lambda: np.poly1d([1, 2]).roots,
    )
'''

PANDAS_SCRIPT = b'''
import pandas as pd

def main():
    frame = pd.DataFrame({"k": list("abcab"), "v": [1, 2, 3, 4, 5], "w": [0.5, None, 2.5, 3.5, 4.5]})
    grouped = frame.groupby("k")["v"].sum()
    top = frame[frame["v"] > 2]
    return {"sum": grouped.to_dict(), "mean": float(frame["w"].mean()), "rows": top.to_dict("records")}
'''

PANDAS_ONCE = b'''
import io, pickle

def try_all(*tries):
    for attempt in tries:
        attempt()

def main():
    import pandas as pd
    text = "d,k,v,w\\n" + "".join(f"2024-01-{i:02},k{i % 3},{i},{i / 3}\\n" for i in range(1, 29))
    frame = pd.read_csv(io.StringIO(text), parse_dates=["d"])
    indexed = frame.set_index("d")
    other = pd.DataFrame({"k": ["k0", "k1"], "name": ["a", "b"]})
    try_all(
        lambda: frame.groupby("k").agg({"v": ["sum", "mean"], "w": "max"}),
        lambda: frame.groupby("k")["v"].apply(lambda s: s.max()),
        lambda: frame.groupby("k", as_index=False).size(), lambda: frame.groupby("k").transform("first"),
        lambda: frame.merge(other, on="k", how="left"), lambda: pd.concat([frame, frame]),
        lambda: frame.to_dict(), lambda: frame.to_dict("records"), lambda: frame.to_csv(),
        lambda: frame.to_json(), lambda: pd.read_json(io.StringIO(frame.to_json())),
        lambda: frame.to_string(), lambda: repr(frame), lambda: frame.to_html(),
        lambda: frame.describe(), lambda: frame.info(buf=io.StringIO()), lambda: frame.dtypes.to_dict(),
        lambda: frame.pivot_table(index="k", values="v", aggfunc="sum"),
        lambda: frame.pivot(index="d", columns="k", values="v"), lambda: frame.melt(id_vars="k"),
        lambda: indexed.resample("W")["v"].sum(), lambda: frame["v"].rolling(3).mean(),
        lambda: frame["v"].expanding().sum(), lambda: frame["v"].ewm(span=3).mean(),
        lambda: frame["k"].str.upper(), lambda: frame["d"].dt.strftime("%Y"),
        lambda: frame["k"].value_counts(), lambda: frame["k"].astype("category").cat.codes,
        lambda: pd.date_range("2024-01-01", periods=5, freq="ME"), lambda: pd.to_datetime("2024-02-03"),
        lambda: pd.to_datetime(["2024-02-03"]), lambda: pd.to_numeric(["1", "2"]),
        lambda: pd.cut([1, 2, 3], 2), lambda: pd.qcut([1, 2, 3, 4], 2), lambda: pd.get_dummies(frame["k"]),
        lambda: frame.fillna(0).isna().sum(), lambda: frame.sort_values(["k", "v"]),
        lambda: frame.query("v > 3"), lambda: frame.eval("v + w"), lambda: frame.drop_duplicates("k"),
        lambda: frame.corr(numeric_only=True), lambda: frame.iloc[1:3].loc[:, "v"],
        lambda: frame.apply(lambda row: row["v"], axis=1), lambda: frame.sample(3), lambda: frame.T,
        lambda: indexed["v"].shift(1).diff().cumsum(), lambda: frame.nlargest(2, "v"),
        lambda: pd.crosstab(frame["k"], frame["v"] > 3), lambda: frame.explode("k"),
        lambda: pd.Timestamp("2024-01-01").tz_localize("UTC").isoformat(), lambda: pd.Timedelta("1D"),
        lambda: pd.Series([1, None], dtype="Int64").sum(), lambda: pd.Series(["a"], dtype="string"),
        lambda: frame.stack() if hasattr(frame, "stack") else None, lambda: frame.quantile(0.5, numeric_only=True),
        lambda: pickle.loads(pickle.dumps(frame)), lambda: frame.rank(numeric_only=True),
        lambda: pd.MultiIndex.from_product([[1], [2]]), lambda: pd.api.types.is_numeric_dtype(frame["v"]),
    )
'''

MATPLOTLIB_SCRIPT = b'''
import io
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3], [1, 4, 9], "o--", label="squares")
    axes.bar([1, 2, 3], [2, 3, 4])
    axes.set(title="Squares", xlabel="x", ylabel="$x^2$")
    axes.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight")
    plt.close("all")
    return len(out.getvalue())
'''

MATPLOTLIB_ONCE = b'''
import io
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots(2, 2)
    axes[0, 0].hist([1, 2, 2, 3])
    axes[0, 1].scatter([1, 2], [3, 4], c=[0, 1])
    image = axes[1, 0].imshow([[1, 2], [3, 4]])
    figure.colorbar(image)
    axes[1, 1].fill_between([1, 2], [3, 4], alpha=0.5)
    figure.tight_layout()
    figure.savefig(io.BytesIO(), format="png")
    plt.close("all")
'''

# Writes only what any script writes: each page that it touches is copied in every cell, needed or not. So it
# uses unique names, to touch no interned string of another module.
TRIAL_SCRIPT = b'''
def main():
    print("forkjail 1", 1)
    return {"forkjail_2": "forkjail 3", "forkjail_4": 1}
'''

REHEARSALS = 40
COMMON_REHEARSALS = 10

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


# How a preloaded package is made warm; applies if `module` is loaded.
#   once         triggers lazy imports and lazily built objects, once for all cells
#   common       what scripts commonly do with it
#   rehearsals   how often that runs again
#   while_idle   an idle parked cell touches the pages that this touches
Recipe = collections.namedtuple("Recipe", "module once common rehearsals while_idle", defaults=(COMMON_REHEARSALS, b""))

# pandas while idle would add as many pages again, and save a script that uses it 0.1 ms. A figure takes 0.1 s.
RECIPES = (
    Recipe("numpy", NUMPY_ONCE, NUMPY_SCRIPT, while_idle=NUMPY_SCRIPT),
    Recipe("pandas", PANDAS_ONCE, PANDAS_SCRIPT),
    Recipe("matplotlib.pyplot", MATPLOTLIB_ONCE, MATPLOTLIB_SCRIPT, rehearsals=2),
)


def _recipes():
    return [recipe for recipe in RECIPES if recipe.module in sys.modules]


def common_scripts():
    """Common uses of Python and of the preloaded modules."""
    return [SCRIPT, *(recipe.common for recipe in _recipes())]


def idle_scripts():
    return [recipe.while_idle for recipe in _recipes() if recipe.while_idle]


def trial_scripts():
    return [TRIAL_SCRIPT]


def rehearsal_scripts():
    """Runs again, and often, in the zygote: from 3.11 on CPython rewrites a function's code while it runs, a
    few dozen times; if that is done here, no cell has to write to these pages."""
    rehearsed = []
    for i in range(COMMON_REHEARSALS):
        rehearsed += [SCRIPT, *(recipe.common for recipe in _recipes() if i < recipe.rehearsals)]
    return rehearsed + trial_scripts() * REHEARSALS


def scripts():
    """The scripts that the zygote runs, in order."""
    return [ONCE_SCRIPT, *(recipe.once for recipe in _recipes()), *common_scripts()]


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
