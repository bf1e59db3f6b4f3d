# numpy: arrays, linear algebra, random numbers, files.

# %% creation_and_reduction
import numpy as np

def main():
    a = np.arange(12).reshape(3, 4)
    return a.sum(axis=0).tolist(), a.mean(), a.T.shape, a[1:, ::2].tolist(), a[a % 2 == 0].tolist()

# %% broadcasting
import numpy as np

def main():
    return (np.arange(3)[:, None] * np.arange(4)).tolist(), np.add.outer([1, 2], [3, 4]).tolist()

# %% universal_functions
import numpy as np

def main():
    x = np.linspace(0, np.pi, 5)
    return np.round(np.sin(x), 9).tolist(), np.round(np.exp(-x), 6).tolist(), \
        np.maximum.accumulate([1, 3, 2]).tolist(), np.hypot(3, 4)

# %% large_matrix_product
import numpy as np

def main():
    a = np.arange(250_000, dtype=np.float64).reshape(500, 500) % 7
    return float((a @ a.T).trace())

# %% linear_algebra
import numpy as np

def main():
    a = np.array([[4.0, 1, 0], [1, 3, 1], [0, 1, 2]])
    values = np.linalg.eigvalsh(a)
    q, r = np.linalg.qr(a)
    return (np.round(np.linalg.solve(a, [1, 2, 3]), 9).tolist(), round(np.linalg.det(a), 9),
            np.round(values, 9).tolist(), bool(np.allclose(q @ r, a)), int(np.linalg.matrix_rank(a)))

# %% singular_values
import numpy as np

def main():
    a = np.arange(2000.0).reshape(50, 40) % 13
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    return bool(np.allclose(u * s @ vt, a)), np.linalg.pinv(a).shape, round(float(np.linalg.norm(a)), 6)

# %% cholesky_and_least_squares
import numpy as np

def main():
    a = np.array([[4.0, 2], [2, 3]])
    x = np.linspace(0, 1, 20)
    slope, intercept = np.linalg.lstsq(np.c_[x, np.ones(20)], 3 * x + 1, rcond=None)[0]
    return np.linalg.cholesky(a).tolist(), round(slope, 9), round(intercept, 9)

# %% fft
import numpy as np

def main():
    t = np.arange(256)
    spectrum = np.abs(np.fft.rfft(np.sin(2 * np.pi * 10 * t / 256)))
    return int(spectrum.argmax()), bool(np.allclose(np.fft.ifft(np.fft.fft(t)).real, t)), np.fft.fft2(np.eye(4)).shape

# %% random_generator
import numpy as np

def main():
    rng = np.random.default_rng(42)
    return (np.round(rng.normal(size=3), 9).tolist(), rng.integers(0, 100, 5).tolist(),
            rng.permutation(5).tolist(), rng.choice(["a", "b"], 3).tolist())

# %% random_legacy_and_fresh
import numpy as np

def main():
    np.random.seed(0)
    legacy = np.round(np.random.rand(3), 9).tolist()
    fresh = np.random.default_rng().random(1000)
    return legacy, bool(0.4 < fresh.mean() < 0.6)

# %% random_distributions
import numpy as np

def main():
    rng = np.random.Generator(np.random.PCG64DXSM(7))
    return {name: getattr(rng, name)(*args, size=100).shape[0] for name, args in
            {"poisson": (3,), "binomial": (10, 0.5), "gamma": (2.0,), "beta": (1, 2), "exponential": ()}.items()}

# %% statistics
import numpy as np

def main():
    x = np.arange(100.0)
    counts, edges = np.histogram(x, bins=5)
    return (np.percentile(x, [25, 50, 75]).tolist(), round(x.std(), 9), counts.tolist(),
            np.corrcoef(x, -x)[0, 1], np.cov(x, x).shape, np.bincount([0, 1, 1]).tolist())

# %% sorting_and_searching
import numpy as np

def main():
    a = (np.arange(1000) * 7919) % 1009
    return (np.sort(a)[:3].tolist(), np.argsort(a, kind="stable")[:3].tolist(),
            int(np.searchsorted(np.sort(a), 500)), np.unique([3, 1, 3], return_counts=True)[1].tolist(),
            np.partition(a, 5)[:5].max().item(), np.where(a > 1000)[0].size)

# %% einsum_and_tensors
import numpy as np

def main():
    a, b = np.arange(24).reshape(2, 3, 4), np.arange(12).reshape(4, 3)
    return np.einsum("ijk,kl->ijl", a, b).sum().item(), np.tensordot(a, b, axes=([2], [0])).shape, \
        np.kron(np.eye(2), np.ones((2, 2))).sum()

# %% strings
import numpy as np

def main():
    names = np.array(["ann", "Bob", "cy"])
    return np.strings.upper(names).tolist(), np.char.add(names, "!").tolist(), \
        np.strings.str_len(names).tolist(), np.strings.find(names, "n").tolist()

# %% structured_arrays
import numpy as np

def main():
    people = np.array([("ann", 30), ("bob", 20)], dtype=[("name", "U10"), ("age", "i4")])
    return np.sort(people, order="age")["name"].tolist(), people.dtype.names, people["age"].mean()

# %% dates
import numpy as np

def main():
    days = np.arange("2024-02", "2024-03", dtype="datetime64[D]")
    return len(days), str(days[-1]), np.busday_count("2024-01-01", "2024-02-01").item(), \
        (np.datetime64("2024-03-01") - np.datetime64("2024-02-01")).astype(int).item()

# %% save_and_load
import numpy as np

def main():
    a = np.arange(1000).reshape(10, 100)
    np.save("a.npy", a)
    np.savez("b.npz", x=a, y=a * 2)
    np.savez_compressed("c.npz", x=a)
    with np.load("b.npz") as archive:
        total = int(archive["y"].sum())
    return int(np.load("a.npy").sum()), total, int(np.load("a.npy", mmap_mode="r")[3, 4])

# %% memory_map
import numpy as np

def main():
    mapped = np.memmap("m.dat", dtype=np.float32, mode="w+", shape=(100, 100))
    mapped[:] = 1.5
    mapped.flush()
    del mapped
    again = np.memmap("m.dat", dtype=np.float32, mode="r", shape=(100, 100))
    return float(again.sum())

# %% text_files
import io
import numpy as np

def main():
    np.savetxt("t.txt", np.eye(3), fmt="%.1f", delimiter=",")
    return np.loadtxt("t.txt", delimiter=",").trace(), \
        np.genfromtxt(io.StringIO("1,2\n3,"), delimiter=",", filling_values=9).tolist(), \
        np.fromfile("t.txt", dtype=np.uint8).size

# %% raw_file_io
import numpy as np

def main():
    np.arange(10, dtype=np.int16).tofile("r")
    return np.fromfile("r", dtype=np.int16, count=4).tolist(), np.frombuffer(b"\1\2", np.uint8).tolist()

# %% large_arrays_come_and_go
import numpy as np

def main():
    total = 0.0
    for size in (10_000, 1_000_000, 4_000_000):
        a = np.ones(size)
        a += a
        total += a.sum()
    return float(total)

# %% resize_and_concatenate
import numpy as np

def main():
    a = np.zeros(100_000)
    a.resize(1_000_000, refcheck=False)
    b = np.concatenate([a, a])
    return b.size, np.vstack([[1, 2], [3, 4]]).tolist(), [p.size for p in np.array_split(np.arange(7), 3)], \
        np.pad([1], 2).tolist(), np.tile([1, 2], 2).tolist()

# %% masked_arrays
import numpy as np

def main():
    a = np.ma.masked_invalid([1.0, np.nan, 3.0])
    return a.mean(), a.filled(0).tolist(), int(a.count())

# %% polynomials
import numpy as np

def main():
    fit = np.polynomial.Polynomial.fit([0, 1, 2, 3], [1, 3, 7, 13], 2).convert()
    return np.round(fit.coef, 6).tolist(), np.round(np.sort(np.roots([1, -6, 11, -6])), 6).tolist(), np.polyval([1, 0, 1], 3).item()

# %% errors_and_warnings
import warnings
import numpy as np

def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        np.array([1.0]) / 0
    with np.errstate(divide="raise"):
        try:
            np.log(np.array([0.0]))
        except FloatingPointError:
            pass
    try:
        np.ones(3) + np.ones(4)
    except ValueError as error:
        return len(caught), "broadcast" in str(error)

# %% complex_and_dtypes
import numpy as np

def main():
    z = np.array([1 + 2j, 3 - 4j])
    return np.abs(z).round(6).tolist(), np.float32(1.1).item(), np.array([300]).astype(np.uint8).tolist(), \
        np.result_type("i4", "f4").name, np.iinfo(np.int64).max

# %% convolution_and_gradient
import numpy as np

def main():
    return np.convolve([1, 2, 3], [0, 1, 0.5]).tolist(), np.gradient(np.array([1.0, 4, 9])).tolist(), \
        np.trapezoid([1, 2, 3]).item(), np.diff([1, 4, 9]).tolist(), np.cumsum([1, 2, 3]).tolist(), np.interp(2.5, [1, 2, 3], [3, 2, 0])

# %% game_of_life
import numpy as np

def main():
    board = np.zeros((20, 20), int)
    board[1, 2] = board[2, 3] = board[3, 1:4] = 1
    for _ in range(20):
        n = sum(np.roll(np.roll(board, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1)) - board
        board = ((n == 3) | ((board == 1) & (n == 2))).astype(int)
    return np.argwhere(board).tolist()

# %% k_means
import numpy as np

def main():
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(c, 0.1, (50, 2)) for c in ((0, 0), (5, 5), (0, 5))])
    centers = points[[0, 50, 100]]
    for _ in range(10):
        labels = ((points[:, None] - centers) ** 2).sum(2).argmin(1)
        centers = np.array([points[labels == k].mean(0) for k in range(3)])
    return centers.round(0).tolist(), np.bincount(labels).tolist()

# %% logistic_regression
import numpy as np

def main():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 2))
    y = (x.sum(1) > 0).astype(float)
    w = np.zeros(2)
    for _ in range(200):
        w -= 0.1 * x.T @ (1 / (1 + np.exp(-x @ w)) - y) / len(y)
    return bool((((x @ w) > 0) == y).mean() > 0.95)

# %% vectorize_and_apply
import numpy as np

def main():
    f = np.vectorize(lambda a, b: a if a > b else b)
    return f([1, 5], [3, 2]).tolist(), np.apply_along_axis(np.ptp, 1, np.eye(3)).tolist(), np.fromiter((n * n for n in range(4)), int).tolist()

# %% printing
import numpy as np

def main():
    np.set_printoptions(precision=3, suppress=True)
    return str(np.array([1.23456, 1e-9])), repr(np.arange(2000)), np.array2string(np.eye(2), separator=",")

# %% configuration
import io
import contextlib
import numpy as np

def main():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        np.show_config()
        np.show_runtime()
    return "blas" in out.getvalue().lower()

# %% pickle_of_arrays
import pickle
import numpy as np

def main():
    a = np.arange(100_000).reshape(100, -1)
    return bool((pickle.loads(pickle.dumps(a, protocol=5)) == a).all()), a.tobytes()[:4].hex()

# %% star_import
from numpy import *

def main():
    import numpy
    missing = [name for name in numpy.__all__ if name not in globals()]
    return missing, float(sum(ones(3)))
