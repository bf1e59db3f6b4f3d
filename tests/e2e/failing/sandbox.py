"""What the sandbox refuses: network, processes, calls, limits."""

NETWORK = "this sandbox has no network"
PROCESSES = "this sandbox starts no processes"

CASES = {
    "urlretrieve": ("""
import urllib.request
def main():
    urllib.request.urlretrieve("https://example.com/data.csv", "data.csv")
""", NETWORK),
    "retry loop": ("""
import time, urllib.request
def main():
    for attempt in range(3):
        try:
            return urllib.request.urlopen("https://api.example.com").read()
        except Exception as error:
            time.sleep(0.01)
    raise Exception(f"failed after 3 attempts: {error}")
""", "error"),
    "raise in except": ("""
import urllib.request
def fetch(url):
    try:
        return urllib.request.urlopen(url).read()
    except Exception as error:
        raise ValueError(f"could not fetch {url}: {error}")
def main():
    return fetch("https://api.example.com/rates")
""", NETWORK),
    "read_json": ("import pandas as pd\ndef main():\n    return pd.read_json('https://example.com/a.json').shape\n", NETWORK),
    "read_excel": ("import pandas as pd\ndef main():\n    return pd.read_excel('http://example.com/a.xlsx').shape\n", NETWORK),
    "getaddrinfo": ("import socket\ndef main():\n    return socket.getaddrinfo('example.com', 443)\n", NETWORK),
    "raw socket": ("import socket\ndef main():\n    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\n", NETWORK),
    "socketserver": ("""
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self): pass
def main():
    socketserver.TCPServer(("localhost", 9999), Echo).serve_forever()
""", NETWORK),
    "xmlrpc": ("import xmlrpc.client\ndef main():\n    return xmlrpc.client.ServerProxy('http://localhost').f()\n", NETWORK),
    "imaplib": ("import imaplib\ndef main():\n    imaplib.IMAP4_SSL('imap.gmail.com')\n", NETWORK),
    "ssl": ("""
import socket, ssl
def main():
    context = ssl.create_default_context()
    with socket.create_connection(("python.org", 443)) as raw:
        with context.wrap_socket(raw, server_hostname="python.org") as secure:
            return secure.version()
""", NETWORK),
    "threads that fetch": ("""
from concurrent.futures import ThreadPoolExecutor
import urllib.request
def fetch(url):
    return urllib.request.urlopen(url).status
def main():
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(fetch, ["http://a.example", "http://b.example"]))
""", NETWORK),
    "gather": ("""
import asyncio, urllib.request
async def get(n):
    return await asyncio.to_thread(urllib.request.urlopen, f"http://example.com/{n}")
async def main():
    return await asyncio.gather(*[get(n) for n in range(3)])
""", NETWORK),
    # ---- processes ----
    "create_subprocess": ("""
import asyncio
async def main():
    process = await asyncio.create_subprocess_exec("ls", stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0].decode()
""", PROCESSES),
    "Popen": ("import subprocess\ndef main():\n    return subprocess.Popen(['python3', '--version']).wait()\n", PROCESSES),
    "getoutput": ("import subprocess\ndef main():\n    return subprocess.check_output(['git', 'log'], text=True)\n", PROCESSES),
    "Manager": ("from multiprocessing import Manager\ndef main():\n    return dict(Manager().dict())\n", PROCESSES),
    "spawn context": ("""
import multiprocessing as mp
def work(x):
    return x * x
def main():
    with mp.get_context("spawn").Pool(2) as pool:
        return pool.map(work, range(4))
""", PROCESSES),
    "execvp": ("import os\ndef main():\n    os.execvp('python3', ['python3', '-c', 'print(1)'])\n", PROCESSES),
    "pty": ("import pty\ndef main():\n    pty.spawn('/bin/sh')\n", PROCESSES),
    "ffmpeg": ("""
import subprocess
def main():
    subprocess.run(["ffmpeg", "-i", "a.mp4", "a.mp3"], check=True, capture_output=True)
""", PROCESSES),
    # ---- other calls, and limits ----
    "chroot": ("import os\ndef main():\n    os.chroot('/tmp')\n", "this sandbox refuses that call"),
    "nice": ("import os\ndef main():\n    return os.nice(-5)\n", "this sandbox refuses that call"),
    "terminal size": ("import os\ndef main():\n    return os.get_terminal_size().columns\n", "there is no terminal"),
    "termios": ("import sys, termios\ndef main():\n    return termios.tcgetattr(sys.stdin)\n", "there is no terminal"),
    "login": ("import os\ndef main():\n    return os.getlogin()\n", "there is no terminal"),
    "user": ("import getpass\ndef main():\n    return getpass.getuser()\n", "no users"),
    "locale": ("import locale\ndef main():\n    locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')\n", "C.UTF-8"),
    "rlimit": ("import resource\ndef main():\n    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))\n", "limit"),
    "library": ("import ctypes\ndef main():\n    return ctypes.CDLL('libcuda.so.1')\n", "OSError"),
    "null pointer": ("import ctypes\ndef main():\n    return ctypes.string_at(0)\n", "crash"),
    "abort": ("import os\ndef main():\n    os.abort()\n", "crashed the interpreter"),
    "endless loop": ("def main():\n    while True:\n        pass\n", "CPU time limit exceeded", {"limits": {"cpu_time_s": 0.2}}),
    "sleep": ("import time\ndef main():\n    time.sleep(60)\n", "wall time limit exceeded", {"limits": {"wall_time_s": 0.3}}),
    "wait for input of a thread": ("""
import queue
def main():
    return queue.Queue().get()
""", "wall time limit exceeded", {"limits": {"wall_time_s": 0.3}}),
    "list too long": ("def main():\n    return len([0] * 10 ** 10)\n", "memory limit exceeded (128 MB)"),
    "grows": ("def main():\n    rows = []\n    while True:\n        rows.append('x' * 1000)\n", "memory limit exceeded"),
    "string": ("def main():\n    return len('x' * 10 ** 10)\n", "memory limit exceeded"),
    "frame": ("import pandas as pd, numpy as np\ndef main():\n    return pd.DataFrame(np.ones((10_000, 10_000))).sum().sum()\n",
              "Unable to allocate 763. MiB"),
    "prints without end": ("def main():\n    while True:\n        print('x' * 1000)\n", "limit exceeded", {"limits": {"wall_time_s": 2}}),
    "value too large": ("def main():\n    return 'x' * 9_000_000\n", "8"),
    "recursion": ("def fact(n):\n    return n * fact(n - 1)\ndef main():\n    return fact(5)\n",
                  "RecursionError: maximum recursion depth exceeded"),
    "os._exit": ("import os\ndef main():\n    os._exit(0)\n", "before main() returned"),
    "quit": ("def main():\n    print('bye')\n    quit()\n", "return from main() instead"),
    "exit code": ("import sys\ndef main():\n    sys.exit('no data')\n", "no data"),
}
