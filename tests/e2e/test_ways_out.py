"""Scripts that fail as those of models and students do: the answer's line says what leads out of it."""

import pytest

NO_NETWORK = "this sandbox has no network"
NO_PROCESSES = "this sandbox starts no processes"
INSTALLS_NOTHING = "this sandbox has no network and installs nothing; available: "


def main(*lines):
    return "def main():\n" + "".join(f"    {line}\n" for line in lines)


def importing(name):
    return f"import {name}\n" + main("return 1")


MODULES = {
    "requests": (importing("requests"), INSTALLS_NOTHING),
    "tensorflow": (importing("tensorflow as tf"), INSTALLS_NOTHING),
    "torch": ("from torch import nn\n" + main("return 1"), INSTALLS_NOTHING),
    "bs4": ("from bs4 import BeautifulSoup\n" + main("return 1"), "available: PIL, dateutil, jinja2, matplotlib, numpy, openpyxl, pandas"),
    "in main": (main("import yaml"), INSTALLS_NOTHING),
    "IPython": ("from IPython.display import display\n" + main("return 1"), "display() is a builtin here"),
    "tkinter": (importing("tkinter as tk"), "there is no screen"),
    "turtle": (importing("turtle"), "there is no screen"),
    "curses": (importing("curses"), "there is no terminal"),
    "pip": (importing("pip"), INSTALLS_NOTHING),
}

NETWORK = {
    "socket": ("import socket\n" + main("socket.create_connection(('127.0.0.1', 80))"),
               "PermissionError: this sandbox has no network (line 3, in main)"),
    "socket object": ("import socket\n" + main("s = socket.socket()", "s.connect(('1.1.1.1', 53))"), NO_NETWORK),
    "server": ("from http.server import *\n" + main("HTTPServer(('', 8000), BaseHTTPRequestHandler).serve_forever()"),
               NO_NETWORK),
    "urllib": ("import urllib.request\n" + main("return urllib.request.urlopen('http://example.com').read()"),
               "URLError: this sandbox has no network (line 3, in main)"),
    "https": ("import urllib.request as r\n" + main("r.urlopen('https://api.github.com')"), NO_NETWORK),
    "http.client": ("import http.client\n" + main("http.client.HTTPConnection('example.com').request('GET', '/')"),
                    NO_NETWORK),
    "name": ("import socket\n" + main("return socket.gethostbyname('example.com')"), NO_NETWORK),
    "asyncio": ("import asyncio\nasync def main():\n    await asyncio.open_connection('example.com', 80)\n", NO_NETWORK),
    "read_csv": ("import pandas as pd\n" + main("return pd.read_csv('https://example.com/a.csv').shape"), NO_NETWORK),
    "smtplib": ("import smtplib\n" + main("smtplib.SMTP('smtp.example.com', 587)"), NO_NETWORK),
    "ftplib": ("import ftplib\n" + main("ftplib.FTP('ftp.example.com')"), NO_NETWORK),
    "wrapped": ("import urllib.request\n" + main("try:", "    urllib.request.urlopen('http://a.b')",
                                                  "except Exception as e:",
                                                  "    raise RuntimeError('cannot load') from e"),
                "RuntimeError: cannot load (line 6, in main); this sandbox has no network"),
}

PROCESSES = {
    "run": ("import subprocess\n" + main("subprocess.run(['ls', '-l'])"),
            "PermissionError: this sandbox starts no processes (line 3, in main)"),
    "check_output": ("import subprocess\n" + main("return subprocess.check_output('ls', shell=True).decode()"),
                     NO_PROCESSES),
    "pip install": ("import subprocess, sys\n" + main("subprocess.check_call([sys.executable, '-m', 'pip'])"),
                    NO_PROCESSES),
    "system": ("import os\n" + main("os.system('ls')"),
               "PermissionError: this sandbox starts no processes (line 3, in main)"),
    "popen": ("import os\n" + main("return os.popen('ls').read()"), NO_PROCESSES),
    "fork": ("import os\n" + main("return os.fork()"), NO_PROCESSES),
    "exec": ("import os\n" + main("os.execv('/bin/ls', ['ls'])"), NO_PROCESSES),
    "spawn": ("import os\n" + main("os.posix_spawn('/bin/ls', ['ls'], {})"), NO_PROCESSES),
    "multiprocessing": ("import multiprocessing as mp\n" + main("p = mp.Process(target=print)", "p.start()"),
                        "ThreadPoolExecutor"),
    "Pool": ("from multiprocessing import Pool\n" + main("with Pool(2) as p:", "    return p.map(abs, [1, -2])"),
             "ThreadPoolExecutor"),
    "executor": ("from concurrent.futures import ProcessPoolExecutor as P\n"
                 + main("with P() as p:", "    return list(p.map(abs, [1, -2]))"), "ThreadPoolExecutor"),
}

FILES = {
    "relative": (main("return open('data.csv').read()"), 'the working directory is empty: send the file with the '
                                                         'request, in "files"'),
    "read_csv": ("import pandas as pd\n" + main("return pd.read_csv('sales.csv').shape"), "working directory is empty"),
    "misspelled": (main("open('data.csv', 'w').close()", "return open('date.csv').read()"),
                   "the working directory has data.csv"),
    "mnt": (main("open('data.csv', 'w').close()", "return open('/mnt/data/data.csv').read()"),
            "it is in the working directory: open 'data.csv'"),
    "home": (main("return open('/home/user/data.csv').read()"),
             "there is no folder '/home/user'; files go in and out by the working directory, which is empty"),
    "plot": ("import matplotlib.pyplot as plt\n" + main("plt.plot([1])", "plt.savefig('/mnt/data/plot.png')"),
             "there is no folder '/mnt/data'"),
    "parquet": ("import pandas as pd\n" + main("return pd.DataFrame({'a': [1]}).to_parquet('a.parquet')"),
                "this sandbox has no network and installs nothing"),
    "markdown": ("import pandas as pd\n" + main("return pd.DataFrame({'a': [1]}).to_markdown()"),
                 "this sandbox has no network and installs nothing"),
    "proc": (main("return open('/proc/cpuinfo').read()"), "this sandbox has no /proc"),
    "passwd": (main("return open('/etc/passwd').read()"), "this sandbox has no /etc"),
    "write": (main("open('/usr/x.txt', 'w')"), "a script can write in its working directory and in /tmp only"),
    "many": (main("keep = [open(f'{i}', 'w') for i in range(1000)]"), "256 files open at a time"),
    "large": (main("with open('x', 'wb') as f:", "    for _ in range(100):", "        f.write(bytes(1 << 20))"),
              "64 MB in 8,192 files"),
}

INPUT = {
    "input": (main("name = input('Name? ')", "return name"), '"stdin" is empty'),
    "numbers": ("n = int(input())\n" + main("return n"), '"stdin" is empty'),
    "used up": (main("return [input() for _ in range(3)]"), '"stdin" is used up', {"stdin": "a\nb\n"}),
    "ran twice": (main("return int(input())") + "main()\n", "it ran twice", {"stdin": "5\n"}),
    "no args": ("def main(a, b):\n    return a + b\n", 'no "args" came with the request'),
    "wrong name": ("def main(text):\n    return text\n", "passed by name: main(**args)", {"args": {"txt": "a"}}),
    "too many": ("def main(x):\n    return x\n", "passed by position: main(*args)", {"args": [1, 2]}),
    "keyword only": ("def main(*, n):\n    return n\n", "passed by position: main(*args)", {"args": [1]}),
    "environ": ("import os\n" + main("return os.environ['OPENAI_API_KEY']"), 'set it in the request\'s "env"'),
    "getpass": ("import getpass\n" + main("return getpass.getpass()"), '"stdin" is empty'),
    "argparse": ("import argparse\n" + main("p = argparse.ArgumentParser()", "p.add_argument('name')",
                                             "return p.parse_args().name"),
                 "argparse: the following arguments are required: name"),
}

SHAPE = {
    "no main": ("print('hello')\n", '"mode": "program" runs a script without one'),
    "guarded": ("if __name__ == '__main__':\n    print('hello')\n", '"mode": "program"'),
    "exit": ("import sys\n" + main("print('done')", "sys.exit(0)"), "return from main() instead"),
    "unittest": ("import unittest\nclass T(unittest.TestCase):\n    def test(self): pass\n" + main("unittest.main()"),
                 "return from main() instead"),
    "await": ("import asyncio\nawait asyncio.sleep(0)\n", '"mode": "repl"'),
    "return": ("x = 1\nreturn x\n", "return from main()"),
    "fence": ("```python\ndef main():\n    return 1\n```\n", "without the lines of Markdown"),
    "shell": ("!pip install pandas\nimport pandas\n", "nothing can be installed"),
    "magic": ("%matplotlib inline\n" + main("return 1"), "no magics"),
    "print": (main("print 'hello'"), "Did you mean print(...)?"),
    "own loop": ("import asyncio\nasync def f():\n    return 1\nasync def main():\n    return asyncio.run(f())\n",
                 "use await instead"),
    "loop": ("import asyncio\nasync def main():\n    asyncio.get_event_loop().run_until_complete(asyncio.sleep(0))\n",
             "use await instead"),
    "twice": ("done = []\n" + main("done.append(1)", "return 1 // (2 - len(done))") + "main()\n", "it ran twice"),
}

NAMES = {
    "misspelled": (main("pritn('a')"), "Did you mean: 'print'?"),
    "attribute": (main("return 'a'.uper()"), "Did you mean: 'upper'?"),
    "own variable": (main("total = 1", "return totl"), "Did you mean: 'total'?"),
    "np": (main("return np.zeros(3).sum()"), "Did you forget `import numpy as np`?"),
    "pd": (main("return pd.DataFrame()"), "Did you forget `import pandas as pd`?"),
    "math": (main("return math.pi"), "Did you forget"),
    "json literal": (main("return {'a': true}"), "Did you mean: 'True'?"),
    "null": (main("return null"), "Did you mean: 'None'?"),
    "get_ipython": (main("get_ipython().system('ls')"), "without IPython"),
    "column": ("import pandas as pd\n" + main("return pd.DataFrame({'price': [1], 'item': [2]})['prices'].sum()"),
               "the columns are price, item"),
    "append": ("import pandas as pd\n" + main("return pd.DataFrame({'a': [1]}).append({'a': 2}).to_dict()"),
               "use pd.concat"),
    "frame attribute": ("import pandas as pd\n" + main("return list(pd.DataFrame({'a': [1]}).colums)"),
                        "Did you mean: 'columns'?"),
    "Counter": (main("return Counter('abc')"), "from collections import Counter"),
}

LIMITS = {
    "threads": ("import threading, time\n" + main("for _ in range(200):",
                                                   "    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"),
                "a run can have 64 threads"),
    "array": ("import numpy as np\n" + main("return np.zeros((50_000, 50_000)).sum()"),
              "Unable to allocate 18.6 GiB for an array with shape (50000, 50000)"),
    "window": ("import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n" + main("plt.plot([1])"),
               "there is no screen; matplotlib shows figures"),
    "setuid": ("import os\n" + main("os.setuid(0)"), "this sandbox refuses that call"),
}

VALUES = {
    "set": (main("return {1, 2}"), "use sorted(...) or list(...)"),
    "bytes": (main("return b'x'"), "use .decode()"),
    "frame": ("import pandas as pd\n" + main("return pd.DataFrame({'a': [1]})"), 'use .to_dict("records")'),
    "two groups": ("import pandas as pd\n"
                   + main("d = pd.DataFrame({'a': [1], 'b': [2], 'c': [3]})", "return d.groupby(['a', 'b']).c.sum().to_dict()"),
                   "use reset_index()"),
    "generator": (main("return (i for i in range(3))"), "use list(...)"),
}

ALL = {f"{group}: {name}": case
       for group, cases in [("module", MODULES), ("network", NETWORK), ("process", PROCESSES), ("file", FILES),
                            ("input", INPUT), ("shape", SHAPE), ("name", NAMES), ("limit", LIMITS), ("value", VALUES)]
       for name, case in cases.items()}


@pytest.mark.parametrize("name", ALL)
def test_line_names_the_remedy(execute, name):
    script, words, *fields = ALL[name]
    reply = execute(script, **(fields[0] if fields else {}))
    assert reply.status == 422, reply.body[:500]
    assert words in reply.error
    assert "\n" not in reply.error and len(reply.error) < 700


@pytest.mark.parametrize("script", [
    main("return {}['missing']"), main("return [][1]"), main("return 1 / 0"), main("return int('x')"),
    main("return 'a' + 1"), main("return None.x"), main("raise OSError('own')"), main("raise EOFError"),
    main("import json.nothing"), main("def f(): pass", "f(1)"),
])
def test_line_of_a_plain_error_is_as_short_as_python_has_it(execute, script):
    assert ";" not in execute(script).error


def test_what_a_script_catches_is_as_python_has_it(execute):
    script = ("import socket, errno\n"
              + main("try:", "    socket.socket()", "except OSError as e:", "    return [e.errno == errno.EPERM, str(e)]"))
    assert execute(script).result == [True, "[Errno 1] Operation not permitted"]


def test_what_clears_a_screen_does_nothing(execute):
    assert execute("import os\n" + main("os.system('cls' if os.name == 'nt' else 'clear')", "return 'done'")).result == "done"


def test_a_way_out_is_no_part_of_message_and_traceback(execute):
    details = execute("import requests\n" + main("pass"), verbose=True).json["details"]
    assert details["message"] == "No module named 'requests'"
    assert "installs nothing" not in details["traceback"]
