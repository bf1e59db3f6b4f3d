# pandas: tables, groups, joins, time series, files.
# Scripts that do not depend on each other, therefore longer than 350 lines.

# %% frame_basics
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1, 2, 3], "b": [4.0, 5.5, 6.0]}, index=list("xyz"))
    df["c"] = df.a * df.b
    return df.to_dict(), df.shape, df.loc["y", "c"], df.iloc[-1].tolist(), df[df.a > 1].index.tolist()

# %% describe
import pandas as pd

def main():
    return pd.DataFrame({"a": range(10), "b": [x * 1.5 for x in range(10)]}).describe().round(6).to_dict()

# %% info_and_memory
import io
import pandas as pd

def main():
    out = io.StringIO()
    df = pd.DataFrame({"a": ["x"] * 100})
    df.info(buf=out, memory_usage="deep")
    return "RangeIndex" in out.getvalue(), int(df.memory_usage(deep=True).sum()) > 0

# %% print_a_frame
import pandas as pd

def main():
    print(pd.DataFrame({"a": range(100), "b": list("ab" * 50)}))
    return pd.DataFrame({"a": [1]}).to_string()

# %% groupby
import pandas as pd

def main():
    df = pd.DataFrame({"g": list("aabbc"), "v": [1, 2, 3, 4, 5], "w": [1.0] * 5})
    return (df.groupby("g").v.sum().to_dict(), df.groupby("g").agg({"v": "mean", "w": "count"}).to_dict("index"),
            df.groupby("g").v.transform("max").tolist(), df.groupby("g").size().to_dict())

# %% groupby_apply
import pandas as pd

def main():
    df = pd.DataFrame({"g": list("aabb"), "v": [1, 2, 3, 4]})
    spread = df.groupby("g")["v"].apply(lambda s: int(s.max() - s.min()))
    ranks = df.groupby("g")["v"].rank(ascending=False).tolist()
    return spread.to_dict(), ranks, df.groupby("g").filter(lambda g: g.v.sum() > 4).v.tolist()

# %% groupby_large
import numpy as np
import pandas as pd

def main():
    n = 100_000
    df = pd.DataFrame({"k": np.arange(n) % 1000, "v": np.arange(n, dtype=float)})
    out = df.groupby("k").v.agg(["sum", "mean", "std"])
    return out.shape, float(out["sum"].iloc[0])

# %% merge_and_join
import pandas as pd

def main():
    left = pd.DataFrame({"k": [1, 2, 3], "a": list("xyz")})
    right = pd.DataFrame({"k": [2, 3, 4], "b": [True, False, True]})
    outer = left.merge(right, on="k", how="outer", indicator=True)
    return (left.merge(right, on="k").to_dict("records"), outer._merge.astype(str).tolist(),
            left.set_index("k").join(right.set_index("k"), how="left").index.tolist())

# %% merge_asof
import pandas as pd

def main():
    trades = pd.DataFrame({"t": pd.to_datetime(["2024-01-01 10:00:03", "2024-01-01 10:00:07"]), "p": [1, 2]})
    quotes = pd.DataFrame({"t": pd.to_datetime(["2024-01-01 10:00:00", "2024-01-01 10:00:05"]), "q": [10, 20]})
    return pd.merge_asof(trades, quotes, on="t").q.tolist()

# %% concat
import pandas as pd

def main():
    a, b = pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [2], "y": [3]})
    return pd.concat([a, b], ignore_index=True).fillna(0).to_dict("list"), pd.concat([a, b], axis=1).shape

# %% pivot_and_melt
import pandas as pd

def main():
    df = pd.DataFrame({"d": ["m", "m", "t"], "c": ["a", "b", "a"], "v": [1, 2, 3]})
    table = df.pivot_table(index="d", columns="c", values="v", aggfunc="sum", fill_value=0, margins=True)
    return table.values.tolist(), df.melt(id_vars="d").shape, pd.crosstab(df.d, df.c).values.tolist()

# %% stack_and_multi_index
import pandas as pd

def main():
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", "y"])
    series = pd.Series(range(4), index=index)
    return series.unstack().values.tolist(), int(series.loc[("b", 1)]), series.groupby(level="x").sum().to_dict(), series.swaplevel().sort_index().tolist()

# %% rolling_and_expanding
import pandas as pd

def main():
    s = pd.Series(range(8), dtype=float)
    return (s.rolling(3).mean().dropna().tolist(), s.expanding().sum().tolist(),
            s.ewm(span=3).mean().round(6).tolist(), s.rolling(3, center=True).max().dropna().tolist(),
            s.rolling(2).apply(lambda w: w.prod(), raw=True).dropna().tolist())

# %% shift_diff_and_rank
import pandas as pd

def main():
    s = pd.Series([3, 1, 4, 1, 5])
    return s.shift(1).dropna().tolist(), s.diff().dropna().tolist(), s.rank().tolist(), \
        s.cumsum().tolist(), s.pct_change().round(6).dropna().tolist(), s.nlargest(2).tolist()

# %% resample
import pandas as pd

def main():
    s = pd.Series(range(48), index=pd.date_range("2024-01-01", periods=48, freq="h"))
    return s.resample("D").sum().tolist(), s.resample("6h").mean().head(2).tolist(), \
        s.asfreq("12h").tolist(), s.resample("D").ohlc().values.tolist()

# %% date_ranges
import pandas as pd

def main():
    return ([str(d.date()) for d in pd.date_range("2024-01-31", periods=3, freq="ME")],
            [str(d.date()) for d in pd.bdate_range("2024-01-05", periods=3)],
            [str(p) for p in pd.period_range("2024Q1", periods=3, freq="Q")],
            str(pd.Timestamp("2024-02-29") + pd.DateOffset(years=1)))

# %% time_zones
import pandas as pd

def main():
    utc = pd.Series(pd.to_datetime(["2024-03-10 06:30", "2024-03-10 07:30"])).dt.tz_localize("UTC")
    local = utc.dt.tz_convert("America/New_York")
    return [t.isoformat() for t in local], pd.Timestamp("2024-07-01", tz="Asia/Tokyo").utcoffset().seconds, \
        str(local.dt.tz)

# %% datetime_parts_and_parsing
import pandas as pd

def main():
    s = pd.to_datetime(pd.Series(["2024-01-15", "2024-02-20"]))
    return (s.dt.month.tolist(), s.dt.day_name().tolist(), s.dt.strftime("%d/%m").tolist(),
            pd.to_datetime("31/12/2023", dayfirst=True).isoformat(),
            pd.to_datetime(["x"], errors="coerce").isna().tolist(), str(pd.to_timedelta("1 day 2h")))

# %% missing_values
import numpy as np
import pandas as pd

def main():
    s = pd.Series([1, np.nan, 3, None])
    df = pd.DataFrame({"a": s, "b": [1, 2, np.nan, 4]})
    return (s.isna().tolist(), s.fillna(0).tolist(), s.interpolate().tolist(), df.dropna().shape,
            df.ffill().values.tolist(), int(pd.array([1, None], dtype="Int64").isna().sum()))

# %% strings
import pandas as pd

def main():
    s = pd.Series([" Ann Lee", "bob ray ", None])
    return (s.str.strip().str.title().tolist(), s.str.contains("ray", na=False).tolist(),
            s.str.extract(r"(\w+) (\w+)").fillna("").values.tolist(), s.str.split().str.len().fillna(0).tolist(),
            s.str.replace(r"[aeiou]", "_", regex=True).fillna("").tolist())

# %% string_dtype
import pandas as pd

def main():
    s = pd.array(["a", None, "b"], dtype="string")
    return str(s.dtype), s.isna().tolist(), pd.Series(s).str.upper().fillna("?").tolist()

# %% categoricals
import pandas as pd

def main():
    c = pd.Categorical(["lo", "hi", "lo"], categories=["lo", "hi"], ordered=True)
    s = pd.Series(c)
    return s.cat.codes.tolist(), s.max(), s.value_counts().to_dict(), \
        pd.cut([1, 5, 9], [0, 3, 6, 10], labels=list("abc")).tolist(), pd.qcut(range(8), 4, labels=False).tolist()

# %% query_and_eval
import pandas as pd

def main():
    df = pd.DataFrame({"a": range(10), "b": range(10, 20)})
    limit = 14
    return df.query("a > 2 and b < @limit").a.tolist(), df.eval("c = a + b").c.tolist(), pd.eval("1 + 2 * 3")

# %% apply_and_map
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    return (df.apply(lambda r: r.a * r.b, axis=1).tolist(), df.map(str).values.tolist(), df.a.map({1: "x"}).fillna("").tolist(),
            df.assign(c=lambda d: d.a + 1).pipe(lambda d: d.c.sum()).item(), df.agg(["min", "max"]).values.tolist())

# %% where_and_assignment
import numpy as np
import pandas as pd

def main():
    df = pd.DataFrame({"v": [1, -2, 3]})
    df.loc[df.v < 0, "v"] = 0
    df["sign"] = np.where(df.v > 0, "pos", "zero")
    df["bucket"] = np.select([df.v > 2, df.v > 0], ["big", "small"], "none")
    return df.to_dict("list"), df.v.clip(1, 2).tolist(), df.v.between(1, 3).tolist(), df.v.mask(df.v == 3, 9).tolist()

# %% sort_and_duplicates
import pandas as pd

def main():
    df = pd.DataFrame({"a": [2, 1, 2], "b": [1, 2, 0]})
    return (df.sort_values(["a", "b"], ascending=[False, True]).index.tolist(), df.drop_duplicates("a").index.tolist(),
            df.a.value_counts().to_dict(), df.a.unique().tolist(), df.duplicated("a").tolist(), df.sample(2, random_state=1).shape)

# %% reshape_explode_dummies
import pandas as pd

def main():
    df = pd.DataFrame({"k": [1, 2], "l": [[1, 2], [3]]})
    return df.explode("l").l.tolist(), pd.get_dummies(["a", "b", "a"]).astype(int).values.tolist(), \
        pd.json_normalize([{"a": {"b": 1}}, {"a": {"b": 2}}]).columns.tolist(), pd.factorize(["x", "y", "x"])[0].tolist(), \
        pd.wide_to_long(pd.DataFrame({"id": [1], "v1": [5], "v2": [6]}), "v", "id", "n").v.tolist()

# %% correlation_and_matrix
import numpy as np
import pandas as pd

def main():
    df = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 3)), columns=list("abc"))
    return df.corr().shape, round(float(df.corr(method="spearman").iloc[0, 0]), 6), df.cov().shape, round(float(df.a.quantile(0.5)), 6), df.skew().shape

# %% csv_text
import io
import pandas as pd

def main():
    df = pd.read_csv(io.StringIO("a,b,c\n1,x,2024-01-01\n2,,2024-02-01\n"), parse_dates=["c"])
    return df.dtypes.astype(str).to_dict(), df.to_csv(index=False), int(df.b.isna().sum())

# %% csv_files
import pandas as pd

def main():
    pd.DataFrame({"a": range(1000), "b": ["text"] * 1000}).to_csv("t.csv", index=False)
    chunks = [len(c) for c in pd.read_csv("t.csv", chunksize=300)]
    return int(pd.read_csv("t.csv").a.sum()), chunks, pd.read_csv("t.csv", engine="python", nrows=5).shape, \
        pd.read_csv("t.csv", usecols=["a"], dtype={"a": "int32"}).dtypes.astype(str).to_dict()

# %% csv_compressed
import pandas as pd

def main():
    df = pd.DataFrame({"a": range(100)})
    sums = []
    for name in ("t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zip"):
        df.to_csv(name, index=False)
        sums.append(int(pd.read_csv(name).a.sum()))
    return sums

# %% csv_options
import io
import pandas as pd

def main():
    text = "# note\nx;y\n1,5;n/a\n2,5;7\n"
    df = pd.read_csv(io.StringIO(text), sep=";", comment="#", decimal=",", na_values="n/a")
    return df.x.tolist(), df.y.fillna(-1).tolist(), pd.read_fwf(io.StringIO("a  b\n1  2\n")).values.tolist(), \
        pd.read_table(io.StringIO("a\tb\n1\t2")).shape, pd.read_csv(io.StringIO("a b\n1 2"), sep=r"\s+").shape

# %% csv_memory_mapped
import pandas as pd

def main():
    pd.DataFrame({"a": range(5000)}).to_csv("m.csv", index=False)
    return int(pd.read_csv("m.csv", memory_map=True).a.sum())

# %% json
import io
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1, 2], "t": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    text = df.to_json(orient="records", date_format="iso")
    df.to_json("t.json", orient="records", lines=True)
    return text, pd.read_json(io.StringIO(text)).a.tolist(), pd.read_json("t.json", lines=True).shape

# %% pickle_and_feather_free
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1], "c": pd.Categorical(["x"])})
    df.to_pickle("t.pkl")
    df.to_pickle("t.pkl.gz")
    return pd.read_pickle("t.pkl").equals(df), pd.read_pickle("t.pkl.gz").shape

# %% html_markdown_latex_free
import pandas as pd

def main():
    return pd.DataFrame({"a": [1, 2]}).to_html(border=0), pd.DataFrame({"a": [1]}).to_dict("split"), \
        pd.DataFrame({"a": [1]}).to_records().tolist()

# %% stata_and_buffers
import io
import pandas as pd

def main():
    buffer = io.BytesIO()
    pd.DataFrame({"a": [1, 2]}).to_stata(buffer, write_index=False)
    buffer.seek(0)
    return pd.read_stata(buffer).a.tolist()

# %% xml_etree
import io
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    text = df.to_xml(index=False, parser="etree")
    return pd.read_xml(io.StringIO(text), parser="etree").to_dict("list")

# %% index_operations
import pandas as pd

def main():
    a, b = pd.Index([1, 2, 3]), pd.Index([2, 3, 4])
    df = pd.DataFrame({"v": [1, 2, 3]}, index=a)
    return (a.union(b).tolist(), a.intersection(b).tolist(), a.difference(b).tolist(), df.reindex([3, 1]).v.tolist(),
            df.reset_index().columns.tolist(), pd.IntervalIndex.from_breaks([0, 1, 2]).get_loc(0.5), df.rename(columns={"v": "w"}).columns.tolist())

# %% sparse_and_nullable
import pandas as pd

def main():
    s = pd.Series(pd.arrays.SparseArray([0, 0, 1]))
    n = pd.Series([1, None, 3], dtype="Int64")
    return float(s.sparse.density), int(n.sum()), n.convert_dtypes().dtype.name, pd.array([True, None], dtype="boolean").tolist()[0]

# %% large_frame
import numpy as np
import pandas as pd

def main():
    df = pd.DataFrame(np.arange(1_000_000).reshape(-1, 10))
    return int(df.to_numpy().sum()), df.iloc[:, 3].mean(), (df > 500_000).sum().sum().item(), df.T.shape

# %% copies_and_views
import pandas as pd

def main():
    df = pd.DataFrame({"a": [1, 2]})
    copy = df.copy()
    copy.loc[0, "a"] = 99
    with pd.option_context("mode.copy_on_write", True):
        view = df["a"]
    return df.a.tolist(), copy.a.tolist(), view.tolist(), df.equals(copy), df.compare(copy).shape

# %% errors
import pandas as pd

def main():
    seen = []
    for act in (lambda: pd.DataFrame({"a": [1]})["b"], lambda: pd.to_datetime("nonsense"),
                lambda: pd.DataFrame({"a": [1, 2], "b": [1]}), lambda: pd.read_csv("missing.csv")):
        try:
            act()
        except Exception as error:
            seen.append(type(error).__name__)
    return seen

# %% options_and_display
import pandas as pd

def main():
    with pd.option_context("display.max_rows", 5, "display.float_format", "{:.2f}".format):
        text = repr(pd.DataFrame({"a": [i / 3 for i in range(50)]}))
    return text, pd.get_option("display.max_columns") is not None

# %% sales_report
import numpy as np
import pandas as pd

def main():
    rng = np.random.default_rng(3)
    df = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=365).repeat(3), "shop": list("abc") * 365,
                       "sales": rng.integers(10, 100, 1095)})
    monthly = df.set_index("day").groupby("shop").resample("ME").sales.sum().unstack(0)
    best = monthly.idxmax().dt.month.to_dict()
    return monthly.shape, best, int(monthly.to_numpy().sum())

# %% moving_average_strategy
import numpy as np
import pandas as pd

def main():
    price = pd.Series(100 + np.random.default_rng(5).normal(size=250).cumsum(), index=pd.bdate_range("2024-01-01", periods=250))
    signal = (price.rolling(5).mean() > price.rolling(20).mean()).astype(int)
    returns = (price.pct_change() * signal.shift()).fillna(0)
    return round(float((1 + returns).prod()), 6), int(signal.diff().abs().sum())

# %% cohort_counts
import pandas as pd

def main():
    df = pd.DataFrame({"user": [1, 1, 2, 2, 3], "month": pd.PeriodIndex(["2024-01", "2024-02", "2024-01", "2024-03", "2024-02"], freq="M")})
    df["first"] = df.groupby("user").month.transform("min")
    df["age"] = (df.month - df["first"]).map(lambda offset: offset.n)
    return df.pivot_table(index="first", columns="age", values="user", aggfunc="nunique", fill_value=0).values.tolist()

# %% star_import
from pandas import *

def main():
    import pandas
    missing = [name for name in pandas.__all__ if name not in globals()]
    return missing, DataFrame({"a": [1, 2]})["a"].sum()
