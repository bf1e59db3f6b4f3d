"""Imports and runs in the zygote what cells would otherwise do one by one.

Zygote, before its first clone, with one thread; afterwards there is still one thread. All of it is trusted
code on constant data: every script may see what it leaves in memory (caches, interned strings).

The modules are those that scripts commonly import, if they add less than a megabyte to the image that all
cells share. Together they take 6 MB in addition to numpy and pandas: asyncio 3 (an async main() needs it),
email and html half a megabyte each; unittest.mock, with 1 MB, was left out.
"""

import ctypes
import gc
import importlib
import os
import re
import site
import sys
import tempfile
import threading
import types

import processes

CALLBACKS = 256  # that a script can have at the same time

# The whole stack of a thread counts as the run's memory from its start: with the usual 8 MB a run could have
# only fifteen threads. In 2 MB a recursion through C still ends in RecursionError nearly everywhere.
THREAD_STACK_BYTES = 2 << 20

# For a thread that is about to end, such as matplotlib's cancelled timer.
THREAD_END_SECONDS_MAX = 2

STANDARD_MODULES = """
    __future__ _strptime abc argparse array ast asyncio base64 binascii bisect bz2 calendar cmath
    codecs collections collections.abc colorsys concurrent.futures concurrent.futures.thread
    configparser contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal difflib
    email.message email.utils enum errno fnmatch fractions functools gc getpass glob graphlib gzip
    hashlib heapq hmac html html.parser importlib importlib.metadata importlib.resources inspect io
    ipaddress itertools json keyword linecache locale logging lzma math mimetypes numbers operator os
    os.path pathlib pickle platform pprint queue random re reprlib sched secrets select selectors
    shlex shutil signal socket sqlite3 stat statistics string struct subprocess sys sysconfig tempfile
    textwrap threading time timeit token tokenize traceback types typing unicodedata
    urllib.parse uuid warnings weakref xml.etree.ElementTree zipfile zlib zoneinfo
""".split()


importing = None  # the preloaded module that load() is importing, for error messages


PACKAGES_MAX = 200  # reported at most; their names must fit into one message


def load(module_names, whole):
    """Imports `module_names` and, in a whole warm-up, the standard modules. Otherwise scripts load those from
    disk, as in any interpreter."""
    global importing
    _add_interactive_builtins()
    _make_callbacks()
    processes.replace_system()
    threading.stack_size(THREAD_STACK_BYTES)
    gc.disable()  # imports create hardly any garbage, and collecting costs a tenth of their time
    if whole:
        _import_asyncio()
    for name in STANDARD_MODULES if whole else ():
        importlib.import_module(name)
    for importing in module_names:
        importlib.import_module(importing)
    importing = None
    gc.enable()


def installed(site_packages):
    """Lists what can be imported besides the standard library, imported or not.

    ([(name, version)] of the packages, [name] of the modules).
    """
    names = sorted(os.listdir(site_packages)) if site_packages else []
    packages = [
        tuple(name.removesuffix(".dist-info").replace("_", "-").rsplit("-", 1))
        for name in names
        if name.endswith(".dist-info")
    ]
    modules = {name.split(".")[0] for name in names if "." not in name or name.endswith((".py", ".so"))}
    modules = sorted(name for name in modules if name.isidentifier() and name != "__pycache__")
    return packages[:PACKAGES_MAX], modules[:PACKAGES_MAX]


def _import_asyncio():
    # Without ssl, which asyncio uses only for TLS, and a cell has no network: this saves each clone four
    # mappings. A script's own `import ssl` loads it from disk.
    sys.modules["ssl"] = None
    importlib.import_module("asyncio")
    del sys.modules["ssl"]


def _add_interactive_builtins():
    # Many scripts use exit() and quit(). `site` adds them in a normal interpreter; here it is imported but
    # not run, because it would also search the disk for .pth files.
    site.setquit()
    site.setcopyright()
    site.sethelper()


def _make_callbacks():
    # libffi maps executable memory when ctypes callbacks are created, which a cell's filter refuses. It
    # keeps the memory of these callbacks and reuses it.
    callback = ctypes.CFUNCTYPE(None)
    made = [callback(int) for _ in range(CALLBACKS)]
    made.clear()


def settle():
    """After all imports and exercises: drops their traces."""
    sys.path_importer_cache.pop("", None)
    tempfile.tempdir = None
    re.purge()
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType):
            vars(module).pop("__warningregistry__", None)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(THREAD_END_SECONDS_MAX)
    if threading.active_count() != 1:
        raise RuntimeError(f"preloading left threads behind: {threading.enumerate()}")
    gc.collect()


def collect():
    """After settle(), whose collection may have run finalizers that created garbage. Also empties Python's free
    lists, whose objects are all over the image: the next list or dict of a cell would be one of them."""
    gc.collect()
    # Unfreezes what warmup.forget() froze, for code that visits all objects; there is no garbage in it.
    gc.unfreeze()


def freeze():
    """Excludes all objects from garbage collection: in a cell a collection would write to each of them."""
    gc.freeze()
