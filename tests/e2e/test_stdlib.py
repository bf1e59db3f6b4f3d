"""The libraries that scripts use most work inside the jail."""

import pytest

SCRIPTS = {
    "numpy.linalg": ("import numpy as np\nimport numpy.linalg as la\ndef main():\n"
                     "    return la.solve(np.array([[3.0, 1], [1, 2]]), np.array([9.0, 8])).round(9)\n", [2.0, 3.0]),
    "numpy.fft": ("import numpy as np\ndef main():\n    return abs(np.fft.fft(np.ones(4))).tolist()\n", [4.0, 0.0, 0.0, 0.0]),
    "numpy large matrix": ("import numpy as np\ndef main():\n    a = np.ones((300, 300))\n    return float((a @ a)[0, 0])\n", 300.0),
    "pandas groupby": ("import pandas as pd\ndef main():\n    df = pd.DataFrame({'k': list('aab'), 'v': [1, 2, 3]})\n"
                       "    return df.groupby('k').v.sum().to_dict()\n", {"a": 3, "b": 3}),
    "pandas csv": ("import io\nimport pandas as pd\ndef main():\n    df = pd.read_csv(io.StringIO('a,b\\n1,x\\n2,y\\n'))\n"
                   "    return df.to_csv(index=False)\n", "a,b\n1,x\n2,y\n"),
    "pandas time zone": ("import pandas as pd\ndef main():\n    return str(pd.Timestamp('2025-07-01', tz='Europe/Zurich'))\n",
                         "2025-07-01 00:00:00+02:00"),
    "statistics": ("import statistics\ndef main():\n    return statistics.median([3, 1, 2])\n", 2),
    "decimal": ("from decimal import Decimal\ndef main():\n    return str(Decimal('0.1') + Decimal('0.2'))\n", "0.3"),
    "fractions": ("from fractions import Fraction\ndef main():\n    return str(Fraction(1, 3) + Fraction(1, 6))\n", "1/2"),
    "zoneinfo": ("import datetime, zoneinfo\ndef main():\n    zone = zoneinfo.ZoneInfo('America/Toronto')\n"
                 "    return datetime.datetime(2025, 1, 1, tzinfo=zone).isoformat()\n", "2025-01-01T00:00:00-05:00"),
    "sqlite3": ("import sqlite3\ndef main():\n    db = sqlite3.connect(':memory:')\n    db.execute('create table t (x)')\n"
                "    db.executemany('insert into t values (?)', [(1,), (2,)])\n"
                "    return db.execute('select sum(x) from t').fetchone()[0]\n", 3),
    "sqlite3 in a file": ("import sqlite3\ndef main():\n    with sqlite3.connect('data.db') as db:\n"
                          "        db.execute('create table t (x)')\n        db.execute('insert into t values (7)')\n"
                          "    return sqlite3.connect('data.db').execute('select x from t').fetchone()[0]\n", 7),
    "csv": ("import csv, io\ndef main():\n    return list(csv.reader(io.StringIO('a,\"b,c\"\\n')))\n", [["a", "b,c"]]),
    "asyncio": ("import asyncio\nasync def work(n):\n    await asyncio.sleep(0.01)\n    return n * n\n"
                "async def main():\n    return await asyncio.gather(*(work(n) for n in range(4)))\n", [0, 1, 4, 9]),
    "asyncio.run in main": ("import asyncio\nasync def work():\n    return 5\ndef main():\n    return asyncio.run(work())\n", 5),
    "threading": ("import threading\ndef main():\n    seen = []\n    lock = threading.Lock()\n    def work(n):\n"
                  "        with lock:\n            seen.append(n)\n"
                  "    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]\n"
                  "    [t.start() for t in threads]\n    [t.join() for t in threads]\n    return sorted(seen)\n", list(range(8))),
    "thread pool": ("from concurrent.futures import ThreadPoolExecutor\ndef main():\n"
                    "    with ThreadPoolExecutor(4) as pool:\n        return list(pool.map(lambda n: n * 2, range(10)))\n",
                    [n * 2 for n in range(10)]),
    "json": ("import json\ndef main():\n    return json.loads(json.dumps({'a': [1, None]}))\n", {"a": [1, None]}),
    "re": ("import re\ndef main():\n    return re.findall(r'\\d+', 'a1b22')\n", ["1", "22"]),
    "hashlib": ("import hashlib\ndef main():\n    return hashlib.sha256(b'').hexdigest()[:8]\n", "e3b0c442"),
    "gzip and pickle": ("import gzip, pickle\ndef main():\n    return pickle.loads(gzip.decompress(gzip.compress(pickle.dumps([1]))))\n", [1]),
    "collections, itertools, functools": (
        "import collections, functools, itertools\ndef main():\n    return [collections.Counter('aab')['a'],\n"
        "            functools.reduce(lambda a, b: a + b, [1, 2]), len(list(itertools.permutations('abc')))]\n", [2, 3, 6]),
    "math and cmath": ("import cmath, math\ndef main():\n    return [math.isqrt(17), cmath.sqrt(-1).imag]\n", [4, 1.0]),
    "time": ("import time\ndef main():\n    start = time.perf_counter()\n    time.sleep(0.01)\n"
             "    return time.perf_counter() - start >= 0.01 and time.time() > 1.7e9\n", True),
    "os": ("import os\ndef main():\n    return [os.linesep, os.path.join('a', 'b'), os.cpu_count() >= 1]\n", ["\n", "a/b", True]),
    "xml": ("import xml.etree.ElementTree as tree\ndef main():\n    return tree.fromstring('<a><b>x</b></a>').find('b').text\n", "x"),
    "ctypes": ("import ctypes\ndef main():\n    return ctypes.CDLL(None).abs(-5)\n", 5),
    "logging to stderr": ("import logging\ndef main():\n    logging.warning('careful')\n    return 'logged'\n", "logged"),
    "urllib.parse": ("import urllib.parse\ndef main():\n    return urllib.parse.quote('a b')\n", "a%20b"),
    "dateutil": ("import dateutil.parser\ndef main():\n    return dateutil.parser.parse('1 Feb 2025').isoformat()\n", "2025-02-01T00:00:00"),
    "UTC": ("import time, datetime\ndef main():\n    return [time.tzname[0], datetime.datetime.now().astimezone().utcoffset().total_seconds()]\n",
            ["UTC", 0.0]),
    "UTF-8": ("import sys, locale\ndef main():\n    return [sys.stdout.encoding, sys.getfilesystemencoding(), open('x', 'w').encoding.upper()]\n",
              ["utf-8", "utf-8", "UTF-8"]),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_library_works(execute, name):
    script, expected = SCRIPTS[name]
    assert execute(script).result == expected


def test_network_is_refused_with_a_clean_exception(execute):
    script = ("import urllib.request\ndef main():\n    try:\n        urllib.request.urlopen('http://127.0.0.1/', timeout=2)\n"
              "    except OSError as error:\n        return 'refused'\n")
    assert execute(script).result == "refused"


def test_process_pool_is_refused_with_a_clean_exception(execute):
    script = ("import multiprocessing\ndef main():\n    try:\n        multiprocessing.Pool(2)\n"
              "    except OSError:\n        return 'refused'\n")
    reply = execute(script)
    if reply.status == 422:
        assert "process" in reply.json["error"]
    else:
        assert reply.result == "refused"
    assert reply.elapsed_s < 15
