"""What runs inside the new base of the guest: the making of matplotlib's list of fonts, and the last check.

Both run in a chroot, by the distribution's interpreter, which is there only for the moment. As root at build
time, used by make_guest_root.py.
"""

import contextlib
import os
import shutil
import subprocess

from guest_files import PYTHON, SITE_PACKAGES, fail
from guest_wheels import FONT_LIST

# What runs inside begins with this.
PATHS = """
import sys
sys.path[:] = ['/usr/lib/{python}', '/usr/lib/{python}/lib-dynload', '/{site}']
"""

# matplotlib writes its list of fonts into its configuration directory.
FONTS = """
import matplotlib.font_manager
"""

CHECK = """
import os, time
import asyncio, bz2, concurrent.futures, csv, ctypes, dataclasses, datetime, dbm, decimal, email
import fractions, gzip, hashlib, hmac, inspect, ipaddress, json, logging, lzma, multiprocessing
import pickle, pkgutil, queue, random, re, secrets, shelve, sqlite3, ssl, statistics, subprocess, tempfile
import threading, tomllib, typing, unicodedata, unittest, urllib.request, uuid, xml.etree.ElementTree
import xml.sax, zipfile, zlib, zoneinfo
from zoneinfo import ZoneInfo
assert ZoneInfo('Europe/Zurich').utcoffset(datetime.datetime(2025, 7, 1)).seconds == 7200
assert len(zoneinfo.available_timezones()) > 400
assert sqlite3.connect(':memory:').execute('select 6 * 7').fetchone() == (42,)
assert decimal.Decimal(2).sqrt() > 1 and ctypes.CDLL(None).getpid() > 0
import importlib.metadata as metadata
packages = {{one.name.lower(): one for one in metadata.distributions()}}
if 'numpy' in packages:
    import numpy, numpy.linalg, numpy.fft, numpy.random
    assert numpy.linalg.inv(numpy.eye(3)).trace() == 3.0
    exec('from numpy import *', {{}})
if 'pandas' in packages:
    import pandas
    noon = pandas.Timestamp('2025-07-01', tz='America/Toronto')
    assert noon.utcoffset().total_seconds() == -14400
    exec('from pandas import *', {{}})
if 'matplotlib' in packages:
    import matplotlib.font_manager
    assert 'DejaVu' in matplotlib.font_manager.findfont(matplotlib.font_manager.FontProperties())
    assert not os.listdir(matplotlib.get_cachedir()), 'each cell would make a list of fonts'
    import matplotlib.pyplot
    matplotlib.pyplot.plot([1, 2])
    for kind in 'png', 'pdf', 'svg':
        matplotlib.pyplot.savefig('/tmp/figure.' + kind)
if os.path.isdir('/usr/share/zoneinfo'):
    os.environ['TZ'] = 'Asia/Tokyo'
    time.tzset()
    assert time.tzname[0] == 'JST', time.tzname
if 'python-dateutil' in packages:
    import dateutil.tz
    summer = datetime.datetime(2025, 7, 1, tzinfo=dateutil.tz.gettz('Europe/Zurich'))
    assert summer.utcoffset().seconds == 7200
missing = []
for _, name, _ in pkgutil.iter_modules(['/{site}']):
    try:
        __import__(name)
    except Exception as error:
        missing.append(f'{{name}}: {{error!r}}')
print(', '.join(['Python ' + sys.version.split()[0]] +
                [f'{{name}} {{one.version}}' for name, one in sorted(packages.items())]))
for name in sorted(sys.stdlib_module_names - {left_out} - {platform_only}):
    try:
        __import__(name)
    except Exception as error:
        missing.append(f'{{name}}: {{error}}')
if missing:
    sys.exit('cannot import ' + ', '.join(missing))
"""
# In sys.stdlib_module_names everywhere, but of other systems (Windows, macOS, Android, iOS), of a
# package of its own (_gdbm) that is not installed here, or a joke that prints or opens a browser.
PLATFORM_ONLY = {
    "_android_support", "_apple_support", "_gdbm", "_ios_support", "_msi", "_overlapped", "_scproxy",
    "_winapi", "_wmi", "antigravity", "msilib", "msvcrt", "nt", "this", "winreg", "winsound",
}


SCRATCH = ("work", "tmp")  # as a cell has them
CONFIGURATION = "scratch/tmp/matplotlib"


@contextlib.contextmanager
def lent_interpreter(root):
    """Gives a function that runs a script inside: (script, what it is for) -> what it prints."""
    interpreter = root / "check-python"
    shutil.copy(f"/usr/bin/{PYTHON}", interpreter)
    for directory in SCRATCH:
        (root / "scratch" / directory).mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": "/scratch/work", "TMPDIR": "/tmp", "MPLBACKEND": "agg",
                   "MPLCONFIGDIR": "/" + CONFIGURATION, "OPENBLAS_NUM_THREADS": "1"}

    def run_inside(script, purpose):
        script = PATHS.format(python=PYTHON, site=SITE_PACKAGES) + script
        done = subprocess.run(["chroot", root, "/check-python", "-I", "-S", "-B", "-W", "ignore", "-c", script],
                              text=True, capture_output=True, check=False, env=environment)
        if done.returncode != 0:
            fail(f"{purpose}:\n{done.stderr}")
        return done.stdout

    yield run_inside
    interpreter.unlink()
    for directory in SCRATCH:
        shutil.rmtree(root / "scratch" / directory)


def make_font_list(root, run_inside):
    """The list names the fonts of matplotlib relative to its data, so it holds wherever the root is mounted."""
    target = root / SITE_PACKAGES / FONT_LIST
    if not target.parent.is_dir():
        return
    run_inside(FONTS, "matplotlib cannot list its fonts")
    (made,) = (root / CONFIGURATION).glob("fontlist-*.json")
    shutil.copyfile(made, target)
    made.unlink()


def check_imports(run_inside, stdlib_left_out):
    """Import everything inside."""
    skipped = {rule.rsplit("/", 1)[-1].removesuffix(".py").rstrip("*") for rule in stdlib_left_out}
    skipped |= {"_curses", "_curses_panel", "_tkinter", "ensurepip", "idlelib"}
    script = CHECK.format(site=SITE_PACKAGES, left_out=repr(skipped), platform_only=repr(PLATFORM_ONLY))
    print("guest base imports: " + run_inside(script, "the base does not import all it should").strip())
