"""What the zygote imports and runs once, so that no cell has to.

Runs in the zygote, before its first clone, with one thread; leaves one thread. All of it is trusted
code on constant data: whatever it leaves in memory (caches, interned strings) every script may see.

Which modules: what scripts commonly import, as long as it costs less than a megabyte of the image that
all cells share. Together they cost 6 MB beside numpy and pandas, asyncio alone 3 (an async main() needs
it), email and html half a megabyte each; unittest.mock, at 1, was left out.
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

CALLBACKS = 256  # that a script may have at one time

# The whole stack of a thread counts as the run's memory from its start: with the usual 8 MB fifteen
# threads would be all. In 2 MB a recursion through C still ends in RecursionError nearly everywhere.
THREAD_STACK_BYTES = 2 << 20

# For a thread that is about to end: a timer that was called off (matplotlib's).
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


# numpy/_core/src/multiarray/alloc.c: blocks of up to so many bytes, and so many of each size; the shapes and
# strides of arrays of up to so many dimensions.
NUMPY_CACHED_BYTES = (*range(1, 257), *range(264, 1024, 8))  # those left out are rare
NUMPY_CACHED_BLOCKS = 7
NUMPY_CACHED_DIMENSIONS = 7

_kept = []  # for good
importing = None  # which of the modules to preload load() is at, for the message of a failure


PACKAGES_MAX = 200  # as many are told of; their names fit one message


def load(module_names, whole):
    """Imports `module_names`, and in a whole warm-up the standard modules. Else scripts find those on
    disk, as in any interpreter."""
    global importing
    _add_interactive_builtins()
    _make_callbacks()
    threading.stack_size(THREAD_STACK_BYTES)
    gc.disable()  # imports make next to no garbage, and looking for it costs a tenth of their time
    if whole:
        _import_asyncio()
    for name in STANDARD_MODULES if whole else ():
        importlib.import_module(name)
    for importing in module_names:
        importlib.import_module(importing)
    importing = None
    gc.enable()


def installed(site_packages):
    """What is there to import besides the standard library, imported or not.

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
    # Without ssl, which it would only use for TLS, and a cell has no network: four mappings less for each
    # clone. A script's own `import ssl` finds it on disk.
    sys.modules["ssl"] = None
    importlib.import_module("asyncio")
    del sys.modules["ssl"]


def _add_interactive_builtins():
    # exit() and quit() are in many scripts. `site` adds them in a normal interpreter; here it is
    # imported without being run, for it would also search the disk for .pth files.
    site.setquit()
    site.setcopyright()
    site.sethelper()


def _make_callbacks():
    # libffi maps executable memory for ctypes callbacks as they are made, which a cell's filter
    # refuses. What it has mapped for these it keeps, and hands out again.
    callback = ctypes.CFUNCTYPE(None)
    made = [callback(int) for _ in range(CALLBACKS)]
    made.clear()


def settle():
    """After everything has been imported and exercised: forget what was tried."""
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


def empty_numpy_caches(fresh):
    """Takes out the small blocks that numpy keeps when arrays give them back, for the next arrays: they are
    from all over the image, and each that a cell got would be another page to copy. From the address
    `fresh` on, malloc has not given anything away yet."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return

    def address(array):
        return array.__array_interface__["data"][0]

    for size in NUMPY_CACHED_BYTES:
        for _ in range(NUMPY_CACHED_BLOCKS):
            array = numpy.empty(size, numpy.uint8)
            if address(array) >= fresh:
                break
            _kept.append(array)
    for dimensions in range(1, NUMPY_CACHED_DIMENSIONS + 1):
        _kept.extend(numpy.empty((1,) * dimensions) for _ in range(NUMPY_CACHED_BLOCKS))


def collect():
    """After settle(), whose collection may have run finalizers that made garbage of their own. Also empties
    Python's lists of free objects, which are from all over the image: the next list or dict of a cell would
    be one of them."""
    gc.collect()
    # What warmup.forget() froze, for who goes over all objects next; a collection of it would find nothing.
    gc.unfreeze()


def freeze():
    """What is there stays: no cell's garbage collection looks at it, which would write to all of it."""
    gc.freeze()
