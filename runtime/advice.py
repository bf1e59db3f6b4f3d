"""Says what leads out of a failure, from the exception that nobody caught.

Cell, after the script ran (failures.py). Only the answer's line changes, never what a script can catch. The
exception and its traceback decide, not the text of the script. A script can mislead its own answer, no more:
what raises here costs the advice.

of_exception() returns (message, advice). The message replaces the exception's own where that says less than
is known here ("[Errno 1] Operation not permitted"). The advice follows the place in the answer's line.

Here are the rules by exception, and those for the sandbox and for how a script is run; advice_data.py has files
and tables, advice_fields.py what names fields of a request, advice_names.py names and versions, advice_source.py
what does not compile.
"""

import errno
import os
import re
import stat
import sys

import advice_data
import advice_names
import processes
from advice_data import listed
from advice_fields import way_out as of_fields
from advice_source import of_syntax  # noqa: F401, harness.py calls it
from causes import causes_of, frames_of, innermost_frame, module_of, trace_of, type_name

NETWORK = "network"  # what the sandbox refused, as failures.describe() gets it
PROCESSES = "processes"

THREADS_MAX = 64  # of a cell (src/base/limits.h; a test compares them)

available = []  # import names of the installed packages; the zygote sets it

_SCRIPT = "script.py"

_fstat = os.fstat


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
            way_out = of_fields("ran twice", run)
        if not message and not way_out and _is_network_behind(error, refused):
            way_out = _NO_NETWORK
    except BaseException:
        pass
    return message, way_out


def of_no_main(run):
    return of_fields("no main", run)


# --- packages ------------------------------------------------------------------------------------

_NO_PARTS = {  # of the standard library, which the guest leaves out
    "tkinter": "there is no screen; matplotlib shows figures",
    "turtle": "there is no screen; matplotlib shows figures",
    "curses": "there is no terminal",
    "readline": "there is no terminal",
    "distutils": "there is no compiler; packaging.version compares versions",
    "ensurepip": "nothing can be installed",
    "venv": "nothing can be installed",
    "msvcrt": "this is Linux",
    "winreg": "this is Linux",
    "winsound": "this is Linux",
}

_INSTEAD = {
    "IPython": lambda run: "display() is a builtin here",
    "google": lambda run: of_fields("file", run),
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
    if top in _NO_PARTS:
        return None, f"this sandbox's Python is without {top}: {_NO_PARTS[top]}"
    if top in sys.stdlib_module_names:
        return None, None
    known = sorted(one for one in available if one not in _HELPERS)
    instead = _INSTEAD.get(top)
    ways = [instead(run) if instead else advice_names.of_module(top), f"{_SANDBOX}; available: {listed(known)}"]
    return None, "; ".join(filter(None, ways))


def _failed_import(error, trace, run, refused):
    text = str(error)
    if text.startswith("Cannot load backend"):  # of matplotlib
        return None, "figures need no window here: leave matplotlib.use() out"
    if "optional dependenc" in text or "conda" in text:  # of pandas, which names the package
        return None, _SANDBOX
    return advice_names.suggestion(error, trace, run, refused)


# --- the sandbox ---------------------------------------------------------------------------------

_NO_NETWORK = "this sandbox has no network"
_NO_PROCESSES = "this sandbox starts no processes"
_WITHOUT_PROCESSES = "do it in Python; threads are allowed, for example concurrent.futures.ThreadPoolExecutor"


def _refused_call(error, trace, run, refused):
    """Of an OSError: what the sandbox refused."""
    refusal = _refusal_of(error, refused)
    if refusal is None and _is_of_network_library(type(error)) and _is_network_behind(error, refused):
        refusal = NETWORK
    if refusal == NETWORK:
        return _NO_NETWORK, of_fields("network", run)
    if refusal == PROCESSES:
        return _NO_PROCESSES, _WITHOUT_PROCESSES
    if error.errno == errno.EPERM:
        return None, "this sandbox refuses that call"
    return None, None


def _refusal_of(error, refused):
    if not issubclass(type(error), OSError):
        return None
    if module_of(type(error)) == "socket" and type_name(type(error)) in ("gaierror", "herror"):
        return NETWORK
    if str(error) == "out of pty devices":
        return PROCESSES
    if error.errno != errno.EPERM:
        return None
    file = _innermost_file(error)
    if file.endswith("/socket.py"):
        return NETWORK
    if file.endswith(("/subprocess.py", "/pty.py")) or "/multiprocessing/" in file or file == processes.__file__:
        return PROCESSES
    # From a function of C, which has no frame of its own.
    return next((refusal for refusal in (PROCESSES, NETWORK) if refusal in refused), None)


def _is_of_network_library(kind):
    return str(module_of(kind)).partition(".")[0] in ("urllib", "http", "requests", "urllib3", "httpx", "aiohttp")


def _is_network_behind(error, refused):
    """Whether a refused connection is among the causes."""
    return any(_refusal_of(cause, refused) == NETWORK for cause in causes_of(error))


def _innermost_file(error):
    frame = innermost_frame(trace_of(error))
    return "" if frame is None else frame.f_code.co_filename


# --- input and arguments -------------------------------------------------------------------------


def _end_of_input(error, trace, run, refused):
    if str(error) != "EOF when reading a line" and not _innermost_file(error).endswith("/getpass.py"):
        return None, None
    way_out = of_fields("used up" if _stdin_bytes() > 0 else "no line", run)
    return None, f"{way_out}; {of_fields('ran twice', run)}" if _ran_twice(trace, run) else way_out


def _stdin_bytes():
    given = _fstat(0)
    return given.st_size if stat.S_ISREG(given.st_mode) else 0


def _empty_input(error, trace, run, refused):
    """Of a ValueError or an IndexError: the script took apart what was not there."""
    frames = [frame for frame in frames_of(trace) if frame.f_code.co_filename == _SCRIPT]
    names = frames[-1].f_code.co_names if frames else ()
    if "stdin" in names and _stdin_bytes() == 0:
        return None, of_fields("no input", run)
    if "argv" in names and issubclass(type(error), IndexError) and len(sys.argv) < 2:
        return None, of_fields("no argv" if run.mode == "program" else "no argv of main", run)
    return None, None


def _call_of_main(error, trace, run, refused):
    """A TypeError without a frame of the script: the call of main() itself failed."""
    if trace is not None or run.main is None:
        return None, None
    given = bytes(run.args_json).lstrip()
    if not given:
        return None, of_fields("no args", run)
    return None, of_fields("args by name" if given.startswith(b"{") else "args by position", run)


def _wrong_call(error, trace, run, refused):
    """Of a TypeError: what the call met in place of what was meant."""
    message = str(error)
    if re.fullmatch(r"[\w.<>]*\w\.\w+\(\) takes 0 positional arguments but 1 was given", message):
        return None, "the first parameter of a method is self"
    if message.endswith("object is not callable"):
        frame = innermost_frame(trace)
        for name in (*frame.f_code.co_names, *frame.f_code.co_varnames):
            value = frame.f_locals.get(name, frame.f_globals.get(name))
            shadowed = frame.f_builtins.get(name)
            if shadowed is not None and value is not None and not callable(value):
                return None, f"the variable {name} hides the builtin {name}(): give it another name"
    return None, None


# --- running -------------------------------------------------------------------------------------

def _ran_twice(trace, run):
    """Whether main() failed when the service called it, after the script had already called it."""
    if run.main is None or trace is None or trace.tb_frame.f_code.co_name == "<module>":
        return False
    only_tree = 0x400  # ast.PyCF_ONLY_AST
    tree = compile("".join(run.source_lines), _SCRIPT, "exec", only_tree, dont_inherit=True)
    return any(_calls_main(statement) for statement in tree.body)


def _calls_main(statement):
    """main(), x = main(), print(main()), asyncio.run(main()) as a statement of the module itself."""
    if type_name(type(statement)) not in ("Expr", "Assign"):
        return False
    value = statement.value
    for _ in range(2):
        if type_name(type(value)) != "Call":
            return False
        if type_name(type(value.func)) == "Name" and value.func.id == "main":
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
        if said and (run.mode == "main" or not run.has_fields):
            return f"{said}; {of_fields('no program', run)}"
        return of_fields("exit", run) if run.mode == "main" and status == 0 else said
    except BaseException:
        return None


def _said_by_argparse(error):
    """The message of ArgumentParser.error(), which goes to stderr only."""
    for frame in frames_of(trace_of(error)):
        if frame.f_code.co_name == "error" and frame.f_code.co_filename.endswith("/argparse.py"):
            return "argparse: " + str(frame.f_locals.get("message"))
    return None


# --- by the message alone ------------------------------------------------------------------------

_COMBINE = "combine conditions using & and |, each in parentheses"
_NO_USERS = "this sandbox has no users"
_MESSAGES = (
    ("is not JSON serializable", "return the value itself: numbers, dates and arrays of numpy and pandas are encoded"),
    ("agg function failed", "numeric_only=True leaves columns of text out"),
    ("truth value of a Series is ambiguous", _COMBINE),
    ("truth value of an array with more than one element is ambiguous", _COMBINE),
    ("Index contains duplicate entries", "pivot_table() aggregates them"),
    ("Can only use .dt accessor", "convert it first, by pd.to_datetime()"),
    ("Can only use .str accessor", "convert it first, by .astype(str)"),
    ("Excel file format cannot be determined", "if it is text, use pd.read_csv()"),
    ("not a valid package style", "seaborn's styles are named seaborn-v0_8 and so on"),
    ("unexpected keyword argument 'normed'", "use density=True"),
    ("unsupported locale setting", "this sandbox has the locale C.UTF-8 only"),
    ("unable to open database file", "a script can write in its working directory and in /tmp only"),
    ("(25, 'Inappropriate ioctl for device')", "there is no terminal here"),
    ("uid not found", _NO_USERS),
    ("No username set", _NO_USERS),
)


def _by_message(error, trace, run, refused):
    message = str(error)
    return None, next((way_out for part, way_out in _MESSAGES if part in message), None)


_RULES = (
    (ModuleNotFoundError, _missing_module),
    (ImportError, _failed_import),
    (OSError, _refused_call),
    (OSError, advice_data.of_file),
    (EOFError, _end_of_input),
    (TypeError, _call_of_main),
    (TypeError, _wrong_call),
    (RuntimeError, _runtime_error),
    (KeyError, advice_data.of_key),
    (UnicodeDecodeError, advice_data.of_encoding),
    ((ValueError, IndexError), _empty_input),
    (NameError, advice_names.unknown_name),
    (Exception, _by_message),
    (AttributeError, advice_names.unknown_attribute),
)
