# scipy, statsmodels, sympy.

# %% scipy_linear_algebra
import numpy as np
import scipy.linalg

def main():
    a = np.array([[3.0, 1], [1, 2]])
    values = scipy.linalg.eigh(a, eigvals_only=True)
    lu, pivots = scipy.linalg.lu_factor(a)
    return [scipy.linalg.solve(a, [9.0, 8]).round(9).tolist(), values.round(6).tolist(),
            round(float(scipy.linalg.det(scipy.linalg.expm(np.zeros((2, 2))))), 6),
            scipy.linalg.lu_solve((lu, pivots), [9.0, 8]).round(9).tolist()]

# %% scipy_optimize
import numpy as np
import scipy.optimize as optimize

def main():
    root = optimize.brentq(lambda x: x * x - 2, 0, 2)
    least = optimize.minimize(lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [0, 0])
    fit, _ = optimize.curve_fit(lambda x, a, b: a * x + b, np.arange(5.0), 2 * np.arange(5.0) + 1)
    plan = optimize.linprog([-1, -2], A_ub=[[1, 1]], b_ub=[4])
    return [round(root, 6), least.x.round(3).tolist(), fit.round(6).tolist(), round(plan.fun, 6)]

# %% scipy_differential_evolution_and_least_squares
import numpy as np
from scipy.optimize import differential_evolution, least_squares

def main():
    found = differential_evolution(lambda x: float(np.sum(x ** 2)), [(-5, 5)] * 2, rng=1, maxiter=50)
    fitted = least_squares(lambda p: p[0] * np.arange(4) - 2 * np.arange(4), [0.5])
    return [found.fun < 1e-6, fitted.x.round(6).tolist()]

# %% scipy_stats
import numpy as np
from scipy import stats

def main():
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, 200), random.normal(1, 1, 200)
    line = stats.linregress(np.arange(10), 3 * np.arange(10) + 1)
    return [round(float(stats.norm.cdf(1.96)), 4), bool(stats.ttest_ind(a, b).pvalue < 0.001),
            round(line.slope, 6), round(float(stats.pearsonr(a, a).statistic), 6),
            stats.mode([1, 2, 2]).mode.item(), stats.rankdata([10, 30, 20]).tolist()]

# %% scipy_distributions_and_kde
import numpy as np
from scipy import stats

def main():
    data = np.linspace(-2, 2, 100)
    density = stats.gaussian_kde(data)
    mean, deviation = stats.norm.fit(data)
    return [density(0.0).shape, round(float(mean), 6), stats.poisson.pmf(2, 2).round(4).item(),
            stats.binom.rvs(5, 0.5, size=3, random_state=1).shape, stats.chi2_contingency([[10, 20], [20, 10]]).dof]

# %% scipy_signal_and_fft
import numpy as np
import scipy.fft
import scipy.signal

def main():
    b, a = scipy.signal.butter(2, 0.2)
    t = np.linspace(0, 1, 200)
    smooth = scipy.signal.filtfilt(b, a, np.sin(6 * t))
    peaks, _ = scipy.signal.find_peaks(np.sin(20 * t))
    return [len(b), round(float(abs(scipy.fft.fft(np.ones(4))[0])), 6), smooth.shape, len(peaks),
            scipy.signal.convolve([1, 2], [1, 1]).tolist()]

# %% scipy_sparse
import numpy as np
import scipy.sparse as sparse
import scipy.sparse.linalg
from scipy.sparse.csgraph import connected_components, shortest_path

def main():
    a = sparse.eye(3).tocsc() * 2
    graph = sparse.csr_matrix(np.array([[0, 1, 0], [0, 0, 2], [0, 0, 0]]))
    return [scipy.sparse.linalg.spsolve(a, [2.0, 4.0, 6.0]).tolist(), connected_components(graph)[0],
            shortest_path(graph)[0].tolist(), round(float(scipy.sparse.linalg.eigsh(a * 1.0, k=1)[0][0]), 6)]

# %% scipy_integrate_and_interpolate
import numpy as np
from scipy import integrate, interpolate

def main():
    area = integrate.quad(lambda x: x * x, 0, 3)[0]
    motion = integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0], rtol=1e-8)
    spline = interpolate.CubicSpline([0, 1, 2, 3], [0, 1, 8, 27])
    grid = interpolate.griddata(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 2]), [[0.5, 0.5]])
    return [round(area, 6), round(float(motion.y[0, -1]), 4), round(float(spline(1.5)), 4), grid.round(6).tolist(),
            integrate.simpson([0, 1, 4], x=[0, 1, 2]).round(6).item()]

# %% scipy_spatial_cluster_and_images
import numpy as np
from scipy import cluster, ndimage, spatial

def main():
    points = np.array([[0, 0], [0, 1], [5, 5], [5, 6.0]])
    groups = cluster.hierarchy.fcluster(cluster.hierarchy.linkage(points), 2, "maxclust")
    hull = spatial.ConvexHull(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]]))
    return [len(set(groups.tolist())), len(hull.vertices), spatial.KDTree(points).query([5, 5.4])[1].item(),
            ndimage.gaussian_filter(np.eye(5), 1).shape, ndimage.label(np.eye(3))[1]]

# %% scipy_special_constants_and_files
import io
import numpy as np
import scipy.constants
import scipy.io
import scipy.special

def main():
    out = io.BytesIO()
    scipy.io.savemat(out, {"a": np.arange(3)})
    out.seek(0)
    scipy.io.wavfile.write("tone.wav", 8000, np.zeros(100, dtype=np.int16))
    return [scipy.special.comb(5, 2), round(float(scipy.special.erf(1)), 6), scipy.constants.c,
            scipy.io.loadmat(out)["a"].tolist(), scipy.io.wavfile.read("tone.wav")[0]]

# %% statsmodels_least_squares
import numpy as np
import statsmodels.api as sm

def main():
    x = sm.add_constant(np.arange(20.0))
    model = sm.OLS(2 * np.arange(20.0) + 1 + np.tile([0.1, -0.1], 10), x).fit()
    return [model.params.round(1).tolist(), model.rsquared > 0.99, "OLS Regression" in str(model.summary())]

# %% statsmodels_formula
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

def main():
    frame = pd.DataFrame({"y": [1.0, 2.1, 2.9, 4.2, 5.0, 5.9], "x": range(6), "g": list("ababab")})
    model = smf.ols("y ~ x + C(g)", data=frame).fit()
    return [sorted(model.params.index), round(float(model.params["x"]), 1)]

# %% statsmodels_logit_and_time_series
import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.seasonal import seasonal_decompose

def main():
    random = np.random.default_rng(1)
    x = random.normal(size=200)
    y = (x + random.normal(size=200) > 0).astype(int)
    logit = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    series = pd.Series(np.sin(np.arange(60) * 2 * np.pi / 7) + np.arange(60), index=days)
    parts = seasonal_decompose(series, period=7)
    forecast = ARIMA(series, order=(1, 1, 0)).fit().forecast(3)
    return [bool(logit.params[1] > 0), parts.trend.notna().sum().item(), len(forecast)]

# %% statsmodels_figures_and_data
import io
import matplotlib.pyplot as plt
import statsmodels.api as sm
from statsmodels.graphics.tsaplots import plot_acf
from statsmodels.stats.multicomp import pairwise_tukeyhsd

def main():
    data = sm.datasets.longley.load_pandas().data
    plot_acf(data["GNP"], lags=5)
    sm.qqplot(data["GNP"].to_numpy(), line="s")
    plt.savefig(io.BytesIO())
    tukey = pairwise_tukeyhsd([1.0, 2, 3, 10, 11, 12], list("aaabbb"))
    return [data.shape, bool(tukey.reject[0])]

# %% sympy_algebra
import sympy as sp

def main():
    x, y = sp.symbols("x y")
    return [str(sp.solve(x ** 2 - 2, x)), str(sp.factor(x ** 2 - 1)), str(sp.expand((x + y) ** 2)),
            str(sp.simplify(sp.sin(x) ** 2 + sp.cos(x) ** 2)), str(sp.solve([x + y - 3, x - y - 1], [x, y]))]

# %% sympy_calculus
import sympy as sp

def main():
    x = sp.Symbol("x")
    return [str(sp.diff(sp.sin(x) * x, x)), str(sp.integrate(sp.exp(-x ** 2), (x, -sp.oo, sp.oo))),
            str(sp.limit(sp.sin(x) / x, x, 0)), str(sp.series(sp.cos(x), x, 0, 5)), sp.pi.evalf(20).__str__()]

# %% sympy_matrices_latex_and_numbers
import numpy as np
import sympy as sp

def main():
    x = sp.Symbol("x")
    f = sp.Function("f")
    matrix = sp.Matrix([[1, 2], [3, 4]])
    function = sp.lambdify(x, sp.sin(x) ** 2, "numpy")
    return [str(matrix.inv()), sorted(str(v) for v in matrix.eigenvals()), sp.latex(sp.sqrt(x) / 2),
            function(np.array([0.0])).tolist(), str(sp.dsolve(f(x).diff(x) - f(x), f(x))), sp.factorint(360).__str__(),
            sp.pretty(x ** 2)]

# %% sympy_plot
import io
import sympy as sp

def main():
    x = sp.Symbol("x")
    figure = sp.plot(x ** 2, (x, -1, 1), show=False)
    figure.save("plot.png")
    with open("plot.png", "rb") as file:
        return file.read(4).hex()
