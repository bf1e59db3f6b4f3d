"""A guest with scipy, scikit-learn and matplotlib: found in a cell, and preloaded, at both levels.

Its root comes from ./test (FORKJAIL_TEST_GUEST_ROOT), made of requirements.txt beside this file.
"""

import os

import pytest

PRELOADED = "numpy,pandas,scipy.stats,sklearn.linear_model,matplotlib.pyplot"

SCRIPTS = {
    "scipy.linalg": ("import numpy as np, scipy.linalg\ndef main():\n"
                     "    return scipy.linalg.solve(np.array([[3.0, 1], [1, 2]]), [9.0, 8]).round(9)\n", [2.0, 3.0]),
    "scipy.optimize": ("import scipy.optimize\ndef main():\n"
                       "    return round(scipy.optimize.brentq(lambda x: x * x - 2, 0, 2), 6)\n", 1.414214),
    "scipy.stats": ("import scipy.stats\ndef main():\n    return round(float(scipy.stats.norm.cdf(1.96)), 4)\n", 0.975),
    "scipy.signal and fft": ("import numpy as np, scipy.fft, scipy.signal\ndef main():\n"
                             "    b, a = scipy.signal.butter(2, 0.2)\n"
                             "    return [len(b), round(float(abs(scipy.fft.fft(np.ones(4))[0])), 6)]\n", [3, 4.0]),
    "scipy.sparse": ("import scipy.sparse, scipy.sparse.linalg\ndef main():\n"
                     "    return scipy.sparse.linalg.spsolve(scipy.sparse.eye(3).tocsc() * 2, [2.0, 4.0, 6.0]).tolist()\n",
                     [1.0, 2.0, 3.0]),
    "scipy.integrate": ("import scipy.integrate\ndef main():\n"
                        "    return round(scipy.integrate.quad(lambda x: x * x, 0, 3)[0], 6)\n", 9.0),
    "scikit-learn": ("import numpy as np\nfrom sklearn.linear_model import LinearRegression\ndef main():\n"
                     "    x = np.arange(10.0).reshape(-1, 1)\n    model = LinearRegression().fit(x, 2 * x.ravel() + 1)\n"
                     "    return [round(float(model.coef_[0]), 6), round(float(model.intercept_), 6)]\n", [2.0, 1.0]),
    "scikit-learn trees": ("from sklearn.datasets import load_iris\nfrom sklearn.ensemble import RandomForestClassifier\n"
                           "def main():\n    x, y = load_iris(return_X_y=True)\n"
                           "    model = RandomForestClassifier(10, random_state=0, n_jobs=2).fit(x, y)\n"
                           "    return model.score(x, y) > 0.9\n", True),
    "matplotlib": ("import io\nimport matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 2, 3], [1, 4, 9])\n"
                   "    plt.title('x')\n    out = io.BytesIO()\n    plt.savefig(out)\n    return out.getvalue()[:4].hex()\n",
                   "89504e47"),
    "matplotlib into a file": ("import os\nimport matplotlib.pyplot as plt\ndef main():\n    plt.hist([1, 2, 2])\n"
                               "    plt.savefig('figure.svg')\n    return os.listdir('.')\n", ["figure.svg"]),
    "pylab": ("from pylab import *\ndef main():\n    return float(mean(arange(5)))\n", 2.0),
    "its directory": ("import matplotlib, os\ndef main():\n    os.makedirs(matplotlib.get_configdir(), exist_ok=True)\n"
                      "    return matplotlib.get_configdir().endswith('tmp/matplotlib')\n", True),
}


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
    assert {"scipy", "scikit-learn", "matplotlib"} <= {name.replace("_", "-") for name in packages}
