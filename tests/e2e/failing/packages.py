"""Packages that are not there, and calls that libraries no longer have."""

NOTHING = "this sandbox has no network and installs nothing; available: "

CASES = {
    "sklearn": ("""
from sklearn.linear_model import LinearRegression
def main():
    return LinearRegression().fit([[1], [2]], [1, 2]).coef_.tolist()
""", NOTHING),
    "scipy": ("""
from scipy import stats
def main():
    return stats.ttest_ind([1, 2, 3], [2, 3, 4]).pvalue
""", NOTHING),
    "seaborn": ("""
import pandas as pd
import seaborn as sns
import matplotlib.pyplot as plt
def main():
    sns.histplot(pd.Series([1, 2, 2, 3]))
    plt.savefig("hist.png")
""", NOTHING),
    "cv2": ("import cv2\ndef main():\n    return cv2.imread('a.png').shape\n", NOTHING),
    "plotly": ("import plotly.express as px\ndef main():\n    return px.line([1, 2]).to_json()\n", NOTHING),
    "yfinance": ("import yfinance as yf\ndef main():\n    return yf.Ticker('AAPL').info\n", NOTHING),
    "openai": ("from openai import OpenAI\ndef main():\n    return OpenAI().models.list()\n", NOTHING),
    "psycopg2": ("import psycopg2\ndef main():\n    return psycopg2.connect('dbname=x')\n", NOTHING),
    "pytest": ("import pytest\ndef test():\n    assert True\ndef main():\n    return pytest.main()\n", NOTHING),
    "guarded by try": ("""
try:
    import requests
except ImportError:
    raise SystemExit("please install requests")
def main():
    return 1
""", "please install requests"),
    "colab": ("from google.colab import drive\ndrive.mount('/content/drive')\ndef main():\n    return 1\n",
              'files come with the request, in "files"'),
    "ipywidgets": ("import ipywidgets as widgets\ndef main():\n    return 1\n", NOTHING),
    "xlsxwriter": ("""
import pandas as pd
def main():
    with pd.ExcelWriter("out.xlsx", engine="xlsxwriter") as book:
        pd.DataFrame({"a": [1]}).to_excel(book)
""", NOTHING),
    "old excel": ("import pandas as pd\ndef main():\n    return pd.read_excel('a.xls').shape\n",
                  "installs nothing", {"files": [{"path": "a.xls", "encoding": "base64", "content": "0M8R4KGxGuEAAA=="}]}),
    "read_html": ("import pandas as pd\nimport io\ndef main():\n    return len(pd.read_html(io.StringIO('<table></table>')))\n",
                  "installs nothing"),
    "windows": ("import winsound\ndef main():\n    winsound.Beep(440, 100)\n", "this is Linux"),
    "msvcrt": ("import msvcrt\ndef main():\n    return msvcrt.getch()\n", "this is Linux"),
    "pygame": ("import pygame\npygame.init()\ndef main():\n    return pygame.display.set_mode((640, 480))\n", NOTHING),
    # ---- Python 2, and what has gone since ----
    "urllib2": ("import urllib2\ndef main():\n    return urllib2.urlopen('http://a.b').read()\n", "in Python 3"),
    "StringIO": ("from StringIO import StringIO\ndef main():\n    return StringIO('a').read()\n", "io"),
    "ConfigParser": ("import ConfigParser\ndef main():\n    return 1\n", "configparser"),
    "cPickle": ("import cPickle as pickle\ndef main():\n    return pickle.dumps(1)\n", "pickle"),
    "distutils": ("from distutils.version import LooseVersion\ndef main():\n    return str(LooseVersion('1.2'))\n", "packaging"),
    "xrange": ("def main():\n    return [i for i in xrange(3)]\n", "Did you mean: 'range'?"),
    "raw_input": ("def main():\n    return raw_input('name? ')\n", "Did you mean: 'input'?"),
    "unicode": ("def main():\n    return unicode('a')\n", "Did you mean: 'str'?"),
    "has_key": ("def main():\n    return {'a': 1}.has_key('a')\n", "the operator in"),
    "iteritems": ("def main():\n    return [k for k, v in {'a': 1}.iteritems()]\n", "items"),
    "decode": ("def main():\n    return 'caf\\u00e9'.decode('utf-8')\n", "encode"),
    "collections": ("import collections\ndef main():\n    return isinstance([], collections.Iterable)\n", "collections.abc"),
    "clock": ("import time\ndef main():\n    return time.clock()\n", "perf_counter"),
    "gcd": ("import fractions\ndef main():\n    return fractions.gcd(4, 6)\n", "math"),
    "np.float": ("import numpy as np\ndef main():\n    return np.zeros(3, dtype=np.float).tolist()\n", "np.float"),
    "np.product": ("import numpy as np\ndef main():\n    return int(np.product([1, 2, 3]))\n", "prod"),
    "as_matrix": ("import pandas as pd\ndef main():\n    return pd.DataFrame({'a': [1]}).as_matrix().tolist()\n", "to_numpy()"),
    "seaborn style": ("import matplotlib.pyplot as plt\nplt.style.use('seaborn')\ndef main():\n    return 1\n", "seaborn-v0_8"),
    "normed": ("import matplotlib.pyplot as plt\ndef main():\n    plt.hist([1, 2, 2], normed=True)\n", "density"),
    "get_cmap": ("import matplotlib.pyplot as plt\ndef main():\n    return str(plt.cm.get_cmap('viridis'))\n", "colormaps"),
    "textsize": ("""
from PIL import Image, ImageDraw
def main():
    image = Image.new("RGB", (100, 30))
    return ImageDraw.Draw(image).textsize("hello")
""", "textbbox"),
    "getsize": ("from PIL import ImageFont\ndef main():\n    return ImageFont.load_default().getsize('a')\n", "getbbox"),
}
