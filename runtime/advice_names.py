"""What leads out of a name, an attribute or a module that does not exist: misspelled, not imported, of another
language, or of another version. See advice.py.
"""

import sys
import traceback

from causes import innermost_frame, module_of, trace_of, type_name

_NAMES_COMPARED_MAX = 2_000

_TracebackException = traceback.TracebackException

_USUAL_IMPORTS = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "sp": "import sympy as sp",
    "dt": "import datetime as dt",
    "Math": "import math",
    "Path": "from pathlib import Path",
    "StringIO": "from io import StringIO",
    "BytesIO": "from io import BytesIO",
    "Image": "from PIL import Image",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "deque": "from collections import deque",
    "namedtuple": "from collections import namedtuple",
    "dataclass": "from dataclasses import dataclass",
    "timedelta": "from datetime import timedelta",
    "Decimal": "from decimal import Decimal",
    "Fraction": "from fractions import Fraction",
    "reduce": "from functools import reduce",
    "lru_cache": "from functools import lru_cache",
    "permutations": "from itertools import permutations",
    "combinations": "from itertools import combinations",
    "sqrt": "from math import sqrt",
    "floor": "from math import floor",
    "ceil": "from math import ceil",
    "pi": "from math import pi",
    "randint": "from random import randint",
    "sleep": "from time import sleep",
    "List": "from typing import List",
    "Optional": "from typing import Optional",
}
_INSTEAD = {  # of other languages and of Python 2
    "true": "True",
    "false": "False",
    "null": "None",
    "undefined": "None",
    "nil": "None",
    "console": "print",
    "printf": "print",
    "System": "print",
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
}
_NOTEBOOK_NAMES = ("get_ipython", "In", "Out")
_HTML_NAMES = ("lt", "gt", "amp", "quot")

_PYTHON_2_MODULES = {
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "httplib": "http.client",
    "StringIO": "io",
    "cStringIO": "io",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "cPickle": "pickle",
    "HTMLParser": "html.parser",
    "SocketServer": "socketserver",
    "Tkinter": "tkinter",
    "__builtin__": "builtins",
    "commands": "subprocess",
    "sets": "set()",
}

# What libraries had and examples still use: (package, name).
_GONE = {
    ("pandas", "append"): "use pd.concat([a, b])",
    ("pandas", "iteritems"): "use items()",
    ("pandas", "ix"): "use loc or iloc",
    ("pandas", "as_matrix"): "use to_numpy()",
    ("pandas", "applymap"): "use map()",
    ("PIL", "ANTIALIAS"): "use Image.Resampling.LANCZOS",
    ("PIL", "textsize"): "use textbbox((0, 0), text)",
    ("PIL", "getsize"): "use getbbox(text)",
    ("matplotlib", "get_cmap"): "use matplotlib.colormaps[name]",
    ("matplotlib", "set_window_title"): "use fig.suptitle()",
    ("collections", "Iterable"): "use collections.abc.Iterable",
    ("collections", "Mapping"): "use collections.abc.Mapping",
    ("collections", "Callable"): "use collections.abc.Callable",
    ("collections", "MutableMapping"): "use collections.abc.MutableMapping",
    ("collections", "Sequence"): "use collections.abc.Sequence",
    ("time", "clock"): "use time.perf_counter()",
    ("fractions", "gcd"): "use math.gcd()",
    ("itertools", "izip"): "use zip()",
    ("itertools", "imap"): "use map()",
    ("inspect", "getargspec"): "use inspect.getfullargspec()",
    ("asyncio", "coroutine"): "use async def",
    ("sys", "maxint"): "use sys.maxsize",
    ("string", "letters"): "use string.ascii_letters",
    ("string", "join"): "use the method: separator.join(...)",
}
# (type, name): of the built-in types.
_METHODS = {
    ("list", "add"): "append()",
    ("list", "push"): "append()",
    ("set", "append"): "add()",
    ("set", "push"): "add()",
    ("str", "append"): "+=",
    ("str", "contains"): "the operator in",
    ("str", "includes"): "the operator in",
    ("list", "contains"): "the operator in",
    ("list", "includes"): "the operator in",
    ("dict", "has_key"): "the operator in",
    ("dict", "append"): "d[key] = value",
    ("tuple", "append"): "a list, since a tuple does not change",
}
_METHODS_OF_OTHERS = {  # of any built-in type
    "length": "len()",
    "size": "len()",
    "toString": "str()",
    "toUpperCase": "upper()",
    "toLowerCase": "lower()",
    "trim": "strip()",
    "charAt": "text[i]",
    "substring": "text[start:end]",
    "indexOf": "index()",
    "forEach": "a for loop",
    "map": "[f(x) for x in values]",
    "filter": "[x for x in values if ...]",
    "toFixed": "round()",
    "equals": "==",
}


def of_module(name):
    """Of a module that a script for Python 2 imports, or None."""
    new = _PYTHON_2_MODULES.get(name)
    return f"in Python 3 it is {new}" if new else None


def unknown_name(error, trace, run, refused):
    name = str(error.name or "")
    message = str(error)
    if issubclass(type(error), UnboundLocalError):
        frame = innermost_frame(trace_of(error))
        name = message.partition("'")[2].partition("'")[0]
        if name in frame.f_globals:
            return None, f"an assignment makes it local to the function: begin the function with `global {name}`"
    if name in _INSTEAD:
        return f"{message}. Did you mean: '{_INSTEAD[name]}'?", None
    if name in _NOTEBOOK_NAMES:
        return None, "this is Python without IPython"
    if name in _HTML_NAMES:
        return None, f"the source is escaped as HTML: send the character itself in place of &{name};"
    if name in _USUAL_IMPORTS:
        return f"{message}. Did you forget `{_USUAL_IMPORTS[name]}`?", None
    if name in sys.stdlib_module_names:
        return f"{message}. Did you forget `import {name}`?", None
    return suggestion(error, trace, run, refused)


def unknown_attribute(error, trace, run, refused):
    owner, name = error.obj, str(error.name or "")
    kind = type(owner)
    is_module = issubclass(kind, type(sys))
    package = str(owner.__name__ if is_module else module_of(kind)).partition(".")[0]
    if (package, name) in _GONE:
        return None, f"{package} has no {name} any more: {_GONE[package, name]}"
    if package == "builtins":
        method = _METHODS.get((type_name(kind), name)) or _METHODS_OF_OTHERS.get(name)
        if method:
            return None, f"in Python it is {method}"
    found = _confused_with(owner, name, is_module)
    if found:
        return None, found
    # A message of its own says more than a similar name.
    return suggestion(error, trace, run, refused) if f"attribute '{name}'" in str(error) else (None, None)


def _confused_with(owner, name, is_module):
    """A module taken for what it contains under its own name, or the other way round."""
    own_name = getattr(owner, "__name__", None)
    if is_module:
        inner = owner.__dict__.get(own_name)
        return f"use {own_name}.{own_name}.{name}" if inner is not None and hasattr(inner, name) else None
    for module_name in (own_name, getattr(owner, "__module__", None)):
        module = sys.modules.get(module_name) if type(module_name) is str else None
        if module_name != "builtins" and module is not None and hasattr(module, name):
            return f"{name} is in the module: import {module_name}"
    return None


def suggestion(error, trace, run, refused):
    """Python's own "Did you mean", which it prints but leaves out of str(error)."""
    message = str(error)
    printed = str(_TracebackException(type(error), error, trace_of(error), limit=0, compact=True))
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
    frame = innermost_frame(trace_of(error))
    return [*frame.f_locals, *frame.f_globals, *frame.f_builtins]


def _most_similar(name, names):
    import difflib

    names = [one for one in names if type(one) is str and (one[:1] != "_" or name[:1] == "_")]
    names = names[:_NAMES_COMPARED_MAX]
    found = difflib.get_close_matches(name, names, 1, 0.7) if 1 < len(name) < 40 else ()
    return found[0] if found and found[0] != name else None
