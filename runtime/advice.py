"""Says what leads out of a failure, from the exception that nobody caught.

Cell, after the script ran (failures.py). Only the answer's line changes, never what a script can catch. The
exception and its traceback decide, not the text of the script. A script can mislead its own answer, no more:
what raises here costs the advice.

of_exception() returns (message, advice). The message replaces the exception's own where that says less than
is known here ("[Errno 1] Operation not permitted"). The advice follows the place in the answer's line.
"""

import errno
import os
import stat
import sys
import traceback

NETWORK = "network"  # what the sandbox refused, as failures.describe() gets it
PROCESSES = "processes"

# The limits of a cell (src/base/limits.h; a test compares them).
THREADS_MAX = 64
OPEN_FILES_MAX = 256
SCRATCH_MEGABYTES = 64
SCRATCH_FILES_MAX = 8192

NO_MAIN = '"mode": "program" runs a script without one'

available = []  # import names of the installed packages; the zygote sets it

_NAMES_SHOWN_MAX = 40
_FILES_SHOWN_MAX = 10
_NAME_CHARACTERS_MAX = 60
_NAMES_COMPARED_MAX = 2_000
_CAUSES_MAX = 20
_SCRIPT = "script.py"

_listdir, _getcwd, _fstat, _path_exists = os.listdir, os.getcwd, os.fstat, os.path.exists
_name_of = type.__dict__["__name__"].__get__
_module_of = type.__dict__["__module__"].__get__
_cause_of = BaseException.__cause__.__get__
_context_of = BaseException.__context__.__get__
_trace_of = BaseException.__traceback__.__get__
_TracebackException = traceback.TracebackException


def of_exception(error, trace, run, refused):
    """(message or None, advice or None). `trace`: from the script's first frame on."""
    message = way_out = None
    try:
        for kind, rule in _RULES:
            if issubclass(type(error), kind):
                message, way_out = rule(error, trace, run, refused)
                if message or way_out:
                    break
        if not way_out and _ran_twice(trace, run):
            way_out = _RAN_TWICE
        if not message and not way_out and _is_network_behind(error, refused):
            way_out = _NO_NETWORK
    except BaseException:
        pass
    return message, way_out


# --- packages ------------------------------------------------------------------------------------

_NO_PARTS = {  # of the standard library, which the guest leaves out
    "tkinter": "there is no screen; matplotlib shows figures",
    "turtle": "there is no screen; matplotlib shows figures",
    "curses": "there is no terminal",
    "readline": "there is no terminal",
    "distutils": "there is no compiler",
    "ensurepip": "nothing can be installed",
    "venv": "nothing can be installed",
}

_INSTEAD = {
    "IPython": "display() is a builtin here",
    "google": 'files come with the request, in "files"',
}

# Parts of other packages, which scripts seldom import by name: not listed.
_HELPERS = frozenset(
    "contourpy cycler et_xmlfile fontTools kiwisolver markupsafe mpl_toolkits narwhals packaging patsy pylab "
    "pyparsing pytz six threadpoolctl tzdata".split()
)

_SANDBOX = "this sandbox has no network and installs nothing"


def _missing_module(error, trace, run, refused):
    name = str(error.name or "")
    top = name.partition(".")[0]
    if not top or top in available and top != name:
        return None, None  # a part of a package that is there: a misspelling
    if top in sys.stdlib_module_names:
        why = _NO_PARTS.get(top)
        return None, f"this sandbox's Python is without {top}: {why}" if why else None
    known = sorted(one for one in available if one not in _HELPERS)
    ways = [_INSTEAD.get(top), f"{_SANDBOX}; available: {_listed(known, _NAMES_SHOWN_MAX)}"]
    return None, "; ".join(filter(None, ways))


def _listed(names, count_max):
    shown = [name[:_NAME_CHARACTERS_MAX] for name in names[:count_max]]
    if not shown:
        return "the standard library"
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _failed_import(error, trace, run, refused):
    text = str(error)
    if text.startswith("Cannot load backend"):  # of matplotlib
        return None, "figures need no window here: leave matplotlib.use() out"
    if "optional dependenc" in text or "conda" in text:  # of pandas, which names the package
        return None, _SANDBOX
    return _suggestion(error, trace, run, refused)


# --- the walls -----------------------------------------------------------------------------------

_NO_NETWORK = "this sandbox has no network"
_NO_PROCESSES = "this sandbox starts no processes"
_WITHOUT_NETWORK = 'send the data with the request, in "files", "args" or "stdin"'
_WITHOUT_PROCESSES = "do it in Python; threads are allowed, for example concurrent.futures.ThreadPoolExecutor"


def _refused_call(error, trace, run, refused):
    """Of an OSError: what the sandbox refused."""
    wall = _wall_of(error, refused)
    if wall is None and _is_of_network_library(type(error)) and _is_network_behind(error, refused):
        wall = NETWORK
    if wall == NETWORK:
        return _NO_NETWORK, _WITHOUT_NETWORK
    if wall == PROCESSES:
        return _NO_PROCESSES, _WITHOUT_PROCESSES
    if error.errno == errno.EPERM:
        return None, "this sandbox refuses that call"
    return None, None


def _wall_of(error, refused):
    if not issubclass(type(error), OSError):
        return None
    if _module_of(type(error)) == "socket" and _name_of(type(error)) in ("gaierror", "herror"):
        return NETWORK
    if error.errno != errno.EPERM:
        return None
    file = _innermost_file(error)
    if file.endswith("/socket.py"):
        return NETWORK
    if file.endswith(("/subprocess.py", "/pty.py")) or "/multiprocessing/" in file:
        return PROCESSES
    # From a function of C, which has no frame of its own.
    return next((wall for wall in (PROCESSES, NETWORK) if wall in refused), None)


def _is_of_network_library(kind):
    return str(_module_of(kind)).partition(".")[0] in ("urllib", "http", "requests", "urllib3", "httpx", "aiohttp")


def _is_network_behind(error, refused):
    """Whether a refused connection is among the causes."""
    for _ in range(_CAUSES_MAX):
        if error is None:
            return False
        if _wall_of(error, refused) == NETWORK:
            return True
        reason = error.__dict__.get("reason") if _name_of(type(error)) == "URLError" else None
        error = reason if isinstance(reason, BaseException) else _cause_of(error) or _context_of(error)
    return False


def _innermost_file(error):
    code = _innermost_code(_trace_of(error))
    return code.co_filename if code is not None else ""


def _innermost_code(trace):
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else trace.tb_frame.f_code


# --- files ---------------------------------------------------------------------------------------


def _file_error(error, trace, run, refused):
    number = error.errno
    if number == errno.ENOENT and isinstance(error.filename, (str, bytes)):
        return None, _missing_file(os.fsdecode(error.filename))
    if number in (errno.EACCES, errno.EROFS):
        return None, "a script can write in its working directory and in /tmp only"
    if number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        room = f"{SCRATCH_MEGABYTES} MB in {SCRATCH_FILES_MAX:,} files"
        return None, f"the working directory and /tmp together hold {room}"
    if number == errno.EMFILE:
        return None, f"a run can have {OPEN_FILES_MAX} files open at a time: open them using `with`"
    return None, None


def _missing_file(path):
    for missing in ("/proc", "/sys", "/etc"):
        if path.startswith(missing + "/"):
            return f"this sandbox has no {missing}"
    folder, name = os.path.split(path)
    if os.path.isabs(path) and name and _path_exists(name):
        return f"it is in the working directory: open {name[:_NAME_CHARACTERS_MAX]!r}"
    there = sorted(_listdir(_getcwd()))
    has = f"has {_listed(there, _FILES_SHOWN_MAX)}" if there else "is empty"
    if folder and not _path_exists(folder):
        where = f"there is no folder {folder[:_NAME_CHARACTERS_MAX]!r}"
        return f"{where}; files go in and out by the working directory, which {has}"
    if there:
        return f"the working directory {has}"
    return 'the working directory is empty: send the file with the request, in "files"'


# --- input ---------------------------------------------------------------------------------------


def _end_of_input(error, trace, run, refused):
    if str(error) != "EOF when reading a line" and not _innermost_file(error).endswith("/getpass.py"):
        return None, None
    given = _fstat(0)
    if stat.S_ISREG(given.st_mode) and given.st_size > 0:
        way_out = '"stdin" is used up: send one line for each input()'
    else:
        way_out = '"stdin" is empty: send what input() is to read in "stdin", a line for each call'
    return None, f"{way_out}; {_RAN_TWICE}" if _ran_twice(trace, run) else way_out


def _call_of_main(error, trace, run, refused):
    """A TypeError without a frame of the script: the call of main() itself failed."""
    if trace is not None or run.main is None:
        return None, None
    given = bytes(run.args_json).lstrip()
    if not given:
        return None, 'no "args" came with the request: an object becomes main(**args), an array main(*args)'
    if given.startswith(b"{"):
        return None, '"args" is an object, so its members are passed by name: main(**args)'
    return None, '"args" is an array, so its items are passed by position: main(*args)'


def _missing_key(error, trace, run, refused):
    code = _innermost_code(_trace_of(error))
    if code is not None and code.co_filename.endswith(("/os.py", "<frozen os>")) and code.co_name == "__getitem__":
        return None, 'set it in the request\'s "env"'
    columns = _columns_of(_trace_of(error))
    return None, f"the columns are {_listed(columns, _NAMES_SHOWN_MAX)}" if columns else None


def _columns_of(trace):
    """Of the data frame whose column was missing, in their order."""
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_name == "__getitem__" and frame.f_code.co_filename.endswith("/pandas/core/frame.py"):
            return [str(name) for name in frame.f_locals["self"].columns[: _NAMES_SHOWN_MAX + 1]]
        trace = trace.tb_next
    return None


# --- running -------------------------------------------------------------------------------------

_RAN_TWICE = (
    "the script calls main() itself, so it ran twice: leave that call out, or use \"mode\": \"program\""
)


def _ran_twice(trace, run):
    """Whether main() failed when the service called it, after the script had already called it."""
    if run.main is None or trace is None or trace.tb_frame.f_code.co_name == "<module>":
        return False
    only_tree = 0x400  # ast.PyCF_ONLY_AST
    tree = compile("".join(run.source_lines), _SCRIPT, "exec", only_tree, dont_inherit=True)
    return any(_calls_main(statement) for statement in tree.body)


def _calls_main(statement):
    """main(), x = main(), print(main()), asyncio.run(main()) as a statement of the module itself."""
    if _name_of(type(statement)) not in ("Expr", "Assign"):
        return False
    value = statement.value
    for _ in range(2):
        if _name_of(type(value)) != "Call":
            return False
        if _name_of(type(value.func)) == "Name" and value.func.id == "main":
            return True
        value = value.args[0] if value.args else None
    return False


def _runtime_error(error, trace, run, refused):
    text = str(error)
    if text == "can't start new thread":
        limits = f"a run can have {THREADS_MAX} threads, and each takes 2 MB of its memory"
        return None, f"{limits}: use a pool, such as ThreadPoolExecutor(8)"
    if "from a running event loop" in text or text == "This event loop is already running":
        return None, "an async main() is awaited by the service: use await instead"
    return None, None


def of_exit(error, status, run):
    """What leads out of an exit that is not a success, or None."""
    try:
        said = _said_by_argparse(error)
        if run.mode == "main" and (said or status == 0):
            way_out = 'return from main() instead, or use "mode": "program"'
            if said:
                way_out = 'use "mode": "program", which passes "args" to sys.argv'
            return "; ".join(filter(None, (said, way_out)))
        return said
    except BaseException:
        return None


def _said_by_argparse(error):
    """The message of ArgumentParser.error(), which goes to stderr only."""
    trace = _trace_of(error)
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "error" and code.co_filename.endswith("/argparse.py"):
            return "argparse: " + str(trace.tb_frame.f_locals.get("message"))
        trace = trace.tb_next
    return None


# --- misspelled names ----------------------------------------------------------------------------

_USUAL_IMPORTS = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "sp": "import sympy as sp",
    "dt": "import datetime as dt",
    "Path": "from pathlib import Path",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "deque": "from collections import deque",
    "dataclass": "from dataclasses import dataclass",
    "timedelta": "from datetime import timedelta",
    "Decimal": "from decimal import Decimal",
    "reduce": "from functools import reduce",
    "sqrt": "from math import sqrt",
}
_OTHER_LANGUAGES = {"true": "True", "false": "False", "null": "None", "undefined": "None", "nil": "None"}
# What libraries had and examples still use.
_GONE = {
    ("pandas", "append"): "pandas has no append() any more: use pd.concat([a, b])",
    ("pandas", "iteritems"): "pandas has no iteritems() any more: use items()",
    ("pandas", "ix"): "pandas has no ix any more: use loc or iloc",
    ("PIL", "ANTIALIAS"): "Pillow has no ANTIALIAS any more: use Image.Resampling.LANCZOS",
}
_NOTEBOOK_NAMES = ("get_ipython", "In", "Out")


def _unknown_name(error, trace, run, refused):
    name = str(error.name or "")
    message = str(error)
    if name in _OTHER_LANGUAGES:
        return f"{message}. Did you mean: '{_OTHER_LANGUAGES[name]}'?", None
    if name in _NOTEBOOK_NAMES:
        return None, "this is Python without IPython"
    if name in _USUAL_IMPORTS:
        return f"{message}. Did you forget `{_USUAL_IMPORTS[name]}`?", None
    if name in sys.stdlib_module_names:
        return f"{message}. Did you forget `import {name}`?", None
    return _suggestion(error, trace, run, refused)


def _unknown_attribute(error, trace, run, refused):
    owner = error.obj
    module = owner.__name__ if issubclass(type(owner), type(sys)) else _module_of(type(owner))
    gone = _GONE.get((str(module).partition(".")[0], error.name))
    return (None, gone) if gone else _suggestion(error, trace, run, refused)


def _suggestion(error, trace, run, refused):
    """Python's own "Did you mean", which it prints but leaves out of str(error)."""
    message = str(error)
    printed = str(_TracebackException(type(error), error, _trace_of(error), limit=0, compact=True))
    if printed.startswith(message) and len(printed) > len(message):
        return printed, None
    if sys.version_info >= (3, 12):
        return None, None
    similar = _most_similar(str(error.name or ""), _names_for(error))
    return f"{message}. Did you mean: '{similar}'?" if similar else None, None


def _names_for(error):
    """The names that could have been meant, for 3.11, whose traceback module suggests nothing."""
    if issubclass(type(error), AttributeError):
        return dir(error.obj)
    if not issubclass(type(error), NameError):
        return ()
    trace = _trace_of(error)
    while trace.tb_next is not None:
        trace = trace.tb_next
    frame = trace.tb_frame
    return [*frame.f_locals, *frame.f_globals, *frame.f_builtins]


def _most_similar(name, names):
    import difflib

    names = [one for one in names if type(one) is str and (one[:1] != "_" or name[:1] == "_")]
    names = names[:_NAMES_COMPARED_MAX]
    found = difflib.get_close_matches(name, names, 1, 0.7) if 1 < len(name) < 40 else ()
    return found[0] if found and found[0] != name else None


# --- source that does not compile ----------------------------------------------------------------


def of_syntax(error, run):
    """What leads out of a SyntaxError, from its message and the line that it names, or None."""
    message = str(error.msg)
    line = str(error.text or "").lstrip()
    if message.startswith("'await' outside"):
        return 'use async def main(), or "mode": "repl", which has await at the top level'
    if message.startswith("'return' outside"):
        return "return from main(), or print the value"
    if line.startswith("```"):
        return "send the source without the lines of Markdown around it"
    if line.startswith(("!", "%")):
        return "this is Python without IPython: no commands of the shell, no magics; nothing can be installed"
    return None


_RULES = (
    (ModuleNotFoundError, _missing_module),
    (ImportError, _failed_import),
    (OSError, _refused_call),
    (OSError, _file_error),
    (EOFError, _end_of_input),
    (TypeError, _call_of_main),
    (RuntimeError, _runtime_error),
    (KeyError, _missing_key),
    (NameError, _unknown_name),
    (AttributeError, _unknown_attribute),
)
