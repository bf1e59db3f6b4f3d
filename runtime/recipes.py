"""How each package that is worth preloading is made warm: one row per package, applied if it is loaded.

Zygote only. The order in which these run, and what they leave behind, is the business of warmup.py.
"""

import collections
import sys

COMMON_REHEARSALS = 10

# From numpy/_core/src/multiarray/alloc.c: it caches blocks of these sizes, this many of each size, and the
# shapes and strides of arrays with up to this many dimensions.
NUMPY_CACHED_BYTES = (*range(1, 257), *range(264, 1024, 8))  # other sizes are rare
NUMPY_CACHED_BLOCKS = 7
NUMPY_CACHED_DIMENSIONS = 7

_kept = []  # never freed

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


def _empty_numpy_caches(fresh):
    """Pins the small blocks that numpy caches when arrays are freed. They are all over the image, and each one
    that a cell reused would be another page to copy. Memory from the address `fresh` on was never used by
    malloc."""
    import numpy

    def address(array):
        return array.__array_interface__["data"][0]

    for size in NUMPY_CACHED_BYTES:
        for _ in range(NUMPY_CACHED_BLOCKS):
            array = numpy.empty(size, numpy.uint8)
            if address(array) >= fresh:
                break
            _kept.append(array)
    for dimensions in range(1, NUMPY_CACHED_DIMENSIONS + 1):
        _kept.extend(numpy.empty((1,) * dimensions) for _ in range(NUMPY_CACHED_BLOCKS))


def _close_fonts(_fresh):
    """Fonts hold their files open. A cell closes all descriptors of the zygote, so a font of the image would read
    from, and later close, the script's own file that has its number by then."""
    import gc

    from matplotlib import font_manager, mathtext

    font_manager._get_font.cache_clear()
    mathtext.MathTextParser._parse_cached.cache_clear()
    gc.collect()


# How a preloaded package is made warm; applies if `module` is loaded.
#   once         triggers lazy imports and lazily built objects, once for all cells
#   common       what scripts commonly do with it
#   rehearsals   how often that runs again
#   while_idle   an idle parked cell touches the pages that this touches
#   empty_caches callable(address from which memory is fresh), after the last rehearsal: gives up or pins what the
#                package keeps for reuse and a cell must not
Recipe = collections.namedtuple(
    "Recipe",
    "module once common rehearsals while_idle empty_caches",
    defaults=(COMMON_REHEARSALS, b"", None),
)

# pandas while idle would add as many pages again, and save a script that uses it 0.1 ms. A figure takes 0.1 s.
RECIPES = (
    Recipe("numpy", NUMPY_ONCE, NUMPY_SCRIPT, while_idle=NUMPY_SCRIPT, empty_caches=_empty_numpy_caches),
    Recipe("pandas", PANDAS_ONCE, PANDAS_SCRIPT),
    Recipe("matplotlib.pyplot", MATPLOTLIB_ONCE, MATPLOTLIB_SCRIPT, rehearsals=2, empty_caches=_close_fonts),
)


def applied():
    """The recipes of the packages that are loaded."""
    return [recipe for recipe in RECIPES if recipe.module in sys.modules]
