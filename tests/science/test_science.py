"""A guest with the packages of runtime/requirements-science.txt: an honest corpus of each of them under the
cells' filter, and some scripts in a service, found in a cell and preloaded, at both levels.

Its root comes from ./test (FORKJAIL_TEST_GUEST_ROOT).
"""

import os
from pathlib import Path

import pytest

from corpus import corpus

HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"  # of the distribution, as the guest's
CORPUS_SECONDS_MAX = 900
PRELOADED = "numpy,pandas,scipy.stats,sklearn.linear_model,matplotlib.pyplot"

SCRIPTS = {
    "scipy": ("import scipy.stats\ndef main():\n    return round(float(scipy.stats.norm.cdf(1.96)), 4)\n", 0.975),
    "scikit-learn": ("import numpy as np\nfrom sklearn.linear_model import LinearRegression\ndef main():\n"
                     "    x = np.arange(10.0).reshape(-1, 1)\n    model = LinearRegression().fit(x, 2 * x.ravel() + 1)\n"
                     "    return [round(float(model.coef_[0]), 6), round(float(model.intercept_), 6)]\n", [2.0, 1.0]),
    "scikit-learn in two threads": (
        "from sklearn.datasets import load_iris\nfrom sklearn.ensemble import RandomForestClassifier\n"
        "def main():\n    x, y = load_iris(return_X_y=True)\n"
        "    model = RandomForestClassifier(10, random_state=0, n_jobs=2).fit(x, y)\n"
        "    return model.score(x, y) > 0.9\n", True),
    "statsmodels": ("import numpy as np\nimport statsmodels.api as sm\ndef main():\n"
                    "    x = np.arange(9.0)\n    return sm.OLS(2 * x, x).fit().params.round(6).tolist()\n", [2.0]),
    "seaborn": ("import os, seaborn as sns\ndef main():\n    sns.histplot([1, 2, 2]).figure.savefig('figure.svg')\n"
                "    return os.listdir('.')\n", ["figure.svg"]),
    "plotly": ("import plotly.express as px\ndef main():\n    return px.bar(x=['a'], y=[1]).data[0].type\n", "bar"),
    "sympy": ("import sympy\ndef main():\n    x = sympy.Symbol('x')\n    return str(sympy.integrate(x, x))\n", "x**2/2"),
    "lxml": ("from lxml import etree\ndef main():\n    with open('a.xml', 'w') as file:\n        file.write('<a><b/></a>')\n"
             "    return len(etree.parse('a.xml').getroot())\n", 1),
    "pyarrow": ("import pandas as pd\ndef main():\n    pd.DataFrame({'a': [1, 2]}).to_parquet('/tmp/a.parquet')\n"
                "    return int(pd.read_parquet('/tmp/a.parquet')['a'].sum())\n", 3),
    "pylab": ("from pylab import *\ndef main():\n    return float(mean(arange(5)))\n", 2.0),
    "matplotlib's directory": ("import matplotlib, os\ndef main():\n    os.makedirs(matplotlib.get_configdir(), exist_ok=True)\n"
                               "    return matplotlib.get_configdir().endswith('tmp/matplotlib')\n", True),
}


@pytest.fixture(scope="module")
def reports():
    from service import GUEST_ROOT

    packages = GUEST_ROOT / "usr/lib/forkjail/site-packages"
    return corpus.run_filtered(PYTHON, CORPUS_SECONDS_MAX, HERE, PYTHONPATH=str(packages))


@pytest.mark.timeout(CORPUS_SECONDS_MAX)
def test_no_script_of_the_corpus_is_refused_a_call(reports):
    assert sorted(report["script"] for report in reports) == sorted(script.name for script in corpus.load(HERE))
    assert corpus.refused_calls(reports) == {}


@pytest.mark.timeout(CORPUS_SECONDS_MAX)
def test_every_script_of_the_corpus_returns_what_it_returns_without_a_filter(reports):
    assert corpus.wrong_values(reports, corpus.expected(HERE)) == {}


@pytest.fixture(scope="module", params=["full", "fallback"])
def level(request):
    if request.param == "full" and (os.geteuid() != 0 or "FORKJAIL_TEST_UID" in os.environ):
        pytest.skip("full isolation needs root")
    return request.param


@pytest.fixture(scope="module", params=["numpy,pandas", PRELOADED], ids=["found", "preloaded"])
def running(request, level):
    from service import Service, assert_nothing_left

    service = Service("--preload", request.param, isolation=level).wait_until_ready()
    yield service
    assert service.stop() == 0, service.log_text()
    assert_nothing_left(service)


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_works(running, name):
    script, expected = SCRIPTS[name]
    assert running.execute(script, limits={"memory_mb": 128}).result == expected


def test_nothing_of_the_preloading_is_left(running):
    script = ("import os\ndef main():\n    seen = [sorted(os.listdir(path)) for path in ('/scratch', '.', '/tmp')]\n"
              "    return [seen, os.getcwd()]\n")
    assert running.execute(script).result == [[["tmp", "work"], [], []], "/scratch/work"]


def test_packages_are_named(running):
    packages = running.request("GET", "/info").json["packages"]
    assert {"scipy", "scikit-learn", "statsmodels", "seaborn", "plotly", "sympy", "lxml", "pyarrow", "matplotlib"} <= {
        name.replace("_", "-") for name in packages}
