# Modules that are not warm: source, bytecode and shared objects loaded after the filter is on.

# %% networking_modules
import ftplib, http.client, http.cookies, http.server, imaplib, poplib, smtplib, socket, socketserver

def main():
    cookie = http.cookies.SimpleCookie("a=1; b=2")
    return http.client.OK, sorted(cookie), socket.AF_INET, smtplib.SMTP_PORT

# %% ssl
import ssl

def main():
    context = ssl.create_default_context()
    return context.check_hostname, ssl.OPENSSL_VERSION.split()[0], ssl.RAND_status()

# %% urllib_request
import urllib.request

def main():
    return urllib.request.Request("http://example.com/a", headers={"X": "1"}).get_header("X")

# %% xmlrpc_and_wsgiref
import wsgiref.util
import xmlrpc.client

def main():
    return xmlrpc.client.loads(xmlrpc.client.dumps((1, "a")))[0], wsgiref.util.guess_scheme({})

# %% multiprocessing_import
import concurrent.futures.process
import multiprocessing

def main():
    return multiprocessing.cpu_count() > 0, multiprocessing.current_process().name

# %% subprocess_import
import subprocess

def main():
    return subprocess.list2cmdline(["a b", "c"]), subprocess.PIPE

# %% extension_modules
import importlib

NAMES = ["_bz2", "_lzma", "_sqlite3", "_ctypes", "_decimal", "_json", "_hashlib", "_ssl", "_uuid",
         "_queue", "_zoneinfo", "_asyncio", "_multiprocessing", "mmap", "resource", "termios",
         "_elementtree", "pyexpat", "_lsprof", "_curses", "readline"]

def main():
    loaded = []
    for name in NAMES:
        try:
            importlib.import_module(name)
            loaded.append(name)
        except ImportError:
            pass
    return "mmap" in loaded and "_json" in loaded

# %% codec_modules
import codecs

def main():
    names = ("big5", "euc_jp", "iso2022_jp", "gbk", "cp949", "koi8_r", "utf_7", "idna", "punycode")
    return [codecs.lookup(n).name for n in names]

# %% whole_standard_library
import importlib

NAMES = """abc aifc argparse array ast asyncio base64 bdb binascii bisect bz2 calendar cmath cmd code
codecs codeop collections colorsys compileall concurrent.futures configparser contextlib contextvars
copy copyreg csv ctypes dataclasses datetime decimal difflib dis doctest email encodings enum errno
faulthandler fcntl filecmp fileinput fnmatch fractions functools gc getopt getpass gettext glob
graphlib grp gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json
keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder netrc numbers
operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib posixpath pprint
profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re reprlib resource rlcompleter
runpy sched secrets select selectors shelve shlex shutil signal site socket sqlite3 ssl stat
statistics string stringprep struct symtable sys sysconfig syslog tabnanny tarfile tempfile termios
textwrap threading time timeit token tokenize tomllib trace traceback tracemalloc tty types typing
unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref xml zipapp zipfile
zipimport zlib zoneinfo""".split()

def main():
    failed = []
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            failed.append(name)
    return len(NAMES) - len(failed) > 140

# %% numpy_parts
import numpy.polynomial
import numpy.testing
import numpy.ma
import numpy.fft
import numpy.random
import numpy.ctypeslib

def main():
    numpy.testing.assert_allclose([1.0], [1.0])
    return numpy.polynomial.Polynomial([1, 2])(3)

# %% pandas_parts
import pandas.api.types
import pandas.plotting
import pandas.testing
import pandas.tseries.holiday
import pandas.tseries.offsets

def main():
    return pandas.api.types.is_numeric_dtype("int64"), (pandas.Timestamp("2024-01-31") + pandas.tseries.offsets.MonthEnd()).isoformat()

# %% dateutil_and_six
import dateutil.parser
import dateutil.relativedelta
import dateutil.tz
import pytz

def main():
    moment = dateutil.parser.parse("3 May 2024 10:00")
    return (moment + dateutil.relativedelta.relativedelta(months=1)).isoformat(), \
        pytz.timezone("Europe/Rome").zone, dateutil.tz.gettz("Europe/Paris") is not None

# %% pydoc
import pydoc

def main():
    return "Return the" in pydoc.render_doc(len, renderer=pydoc.plaintext)

# %% missing_module
def main():
    try:
        import no_such_module_at_all
    except ModuleNotFoundError as error:
        return error.name

# %% webbrowser_and_antigravity_free
import bdb, pdb, trace

def main():
    return trace.Trace(count=1, trace=0).runfunc(lambda: 5), issubclass(pdb.Pdb, bdb.Bdb)
