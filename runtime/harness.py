"""Runs one script, from its source text to its value or to the description of its failure.

This runs in a cell, in the same interpreter as the script, so nothing here is a security layer. It must
answer correctly whatever a script does to its interpreter. Therefore

- the host (src/zygote/script_run.cpp) loads it with a private copy of the builtins and keeps it out of
  sys.modules, and it holds its own references to everything that it calls after the script has run;
- the host clears trace functions, signal handlers and recursion limits after the script and before
  describe() and flush_streams(), and enables them again before the process's next run;
- parts of the standard library that the script may have changed (traceback, linecache) are called inside a
  guard, with a simpler fallback (failures.py).

The zygote calls drop_last_run() after its own scripts and, as the last preparation, streams.attach() and
prepare_module(). For each run the host calls, in this order: streams.attach(), if a descriptor is not a pipe as
in the zygote, or if it is not the process's first run; execute(); describe(), if that or the encoding of the
value raised; flush_streams(). If the request wants what the run displays, display.open_sink() goes first and
display.finish() follows the script.
"""

import io
import json
import linecache
import os
import sys
import time
import types
from importlib.machinery import ModuleSpec

import advice
import failures
import main_modes
import streams
from failures import FILE_NAME
from main_modes import MAIN_NAME

MODULE_NAME = "script"

_loads = json.loads
_StringIO = io.StringIO
# The base class of every file. Unlike io.IOBase it is not abstract, so issubclass() fills no cache.
_FileType = io.IOBase.__mro__[1]
_type_name = type.__dict__["__name__"].__get__
_streams = streams.made
_set_int_digits = sys.set_int_max_str_digits
_set_profile = sys.setprofile
_set_trace = sys.settrace
_monitoring = getattr(sys, "monitoring", None)  # 3.12

# No limit on the digits of an int: the CPU limit bounds the conversion, and a script may return a value of
# 5,000 digits.
_set_int_digits(0)


class _ScriptLoader:
    """Makes `script` an ordinary module for inspect, pickle and linecache."""

    source = ""

    def get_source(self, fullname):
        return self.source

    def get_filename(self, fullname):
        return FILE_NAME

    def is_package(self, fullname):
        return False


class _Run:
    """The run of this process, or the last one of several; describe() reads it."""

    __slots__ = ("args_json", "file_name", "main", "mode", "module", "next_module", "source_lines")

    def __init__(self, next_module=None):
        self.next_module = next_module  # prepared before the script is known
        self.module = self.main = None
        self.mode = "main"
        self.file_name = FILE_NAME
        self.args_json = b""
        self.source_lines = ()


_run = _Run()


# --- running ------------------------------------------------------------------------------------


def execute(script, args_json, env_block, mode="main"):
    """Runs `script` (bytes, UTF-8) and returns its value: what its main() returned, awaited if need be.

    `args_json`: bytes, a JSON object or array, or empty. `env_block`: bytes, "NAME=value\\0" each. `mode`: one
    of the HTTP contract's. Raises whatever the script raises.
    """
    if env_block:
        _add_environment(env_block)
    _add_working_directory()
    source = _decode(script)
    if _session is not None:
        _session.name_run(_run)
    _run.args_json, _run.mode, _run.main = args_json, mode, None
    _run.source_lines = _StringIO(source + "\n").readlines()  # ends lines at \n only
    failures.remember_source(_run)
    if mode != "main":
        return _execute_as_main(source)
    args, kwargs = _arguments(args_json)
    code = _compile(source)
    _run.module = module = _enter_module(source)
    exec(code, module.__dict__)
    _run.main = main = _find_main(module)
    value = main(*args, **kwargs)
    # main() may have left a hook enabled; if it raises, the result must not be lost.
    _set_trace(None)
    _set_profile(None)
    if _is_awaitable(value):
        value = main_modes.run_coroutine(_await(value))
    return value


def _execute_as_main(source):
    """Modes `program` and `repl`: the script is the program itself."""
    if _run.mode == "program":
        sys.argv = [FILE_NAME, *main_modes.arguments(_run.args_json)]
    code = _compile(source, main_modes.read_cell if _run.mode == "repl" else None)
    if _session is not None and _run.mode == "repl":
        _run.module = module = _session.module
        sys.modules[MAIN_NAME] = module
    else:
        _run.module = module = _enter_module(source)
    return main_modes.execute(code, module, _run.mode)


def _add_environment(env_block):
    for entry in env_block.split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if name and equals:
            os.environb[name] = value
            if name == b"TZ":
                time.tzset()


def _add_working_directory():
    # As `python script.py` adds the script's directory, so that a request's `files` can be imported.
    directory = os.getcwd()
    if directory not in sys.path:  # by an earlier run
        sys.path.insert(0, directory)


def _decode(script):
    try:
        source = script.decode()
    except UnicodeDecodeError as error:
        raise failures.Refused(_syntax("SyntaxError", f"the source is not UTF-8: {error.reason}")) from None
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    nul = source.find("\0")
    if nul >= 0:
        line = source.count("\n", 0, nul) + 1
        raise failures.Refused(_syntax("SyntaxError", "source code cannot contain null bytes", line))
    return source


def _arguments(args_json):
    if not args_json:
        return (), {}
    given = _loads(args_json)
    return ((), given) if isinstance(given, dict) else (given, {})


def _compile(source, read=None):
    """The code of `source`; `read`: makes it in another way than as a module."""
    try:
        return read(source, _run) if read else compile(source, _run.file_name, "exec", dont_inherit=True)
    except SyntaxError as error:
        failure = _syntax(_type_name(type(error)), str(error.msg), error.lineno)
        failure["traceback"] = failures.format_traceback(error, None, _run)
        way_out = advice.of_syntax(error, _run)
        if way_out:
            failure["advice"] = way_out
    except (RecursionError, MemoryError) as error:
        # The compiler's stack is exhausted: 100 KB of source do not fill the memory.
        failure = _syntax(_type_name(type(error)), "source code too complex to compile")
    except (ValueError, OverflowError) as error:
        failure = _syntax(_type_name(type(error)), failures.text_of(error))
    raise failures.Refused(failure)


def _syntax(type_name, message, line=None):
    failure = {"kind": "syntax", "type": type_name, "message": message}
    if line is not None:
        failure["line"] = line
    return failure


_replaced = []


def prepare_module():
    """Zygote, last: creates the module in which each cell's script will run, without its source."""
    global _run
    # Recreates the objects that each run writes to, so that they are contiguous and not where the imports
    # left them. The old ones are kept: if they were freed, the run would allocate their memory.
    _replaced.extend((_run, sys.path, sys.argv, linecache.cache))
    _run = _Run(_new_module())
    sys.path = list(sys.path)
    sys.argv = [FILE_NAME]
    linecache.cache = {}


def _enter_module(source):
    module, _run.next_module = _run.next_module or _new_module(), None
    module.__loader__.source = source
    return module


def _new_module():
    module = types.ModuleType(MODULE_NAME)
    loader = _ScriptLoader()
    spec = ModuleSpec(MODULE_NAME, loader, origin=FILE_NAME)
    spec.has_location = True
    module.__spec__ = spec
    module.__loader__ = loader
    module.__file__ = FILE_NAME
    module.__package__ = ""
    # As the import system does. Otherwise exec() would pass on our private copy.
    module.__builtins__ = sys.modules["builtins"].__dict__
    # Also under the name under which unittest, doctest, cProfile and pickle look up the script. Its own
    # __name__ stays "script", so that code under `if __name__ == "__main__"` does not run main() again.
    sys.modules[MODULE_NAME] = sys.modules[MAIN_NAME] = module
    return module


class _Session:
    """What the runs of one session share: the module of its notebook's cells, and names for their sources."""

    SOURCES_KEPT = 100

    def __init__(self):
        self.module = _enter_module("")
        self.names = []

    def name_run(self, run):
        name = f"script-{len(self.names) + 1}.py"
        self.names.append(name)
        run.file_name = name
        failures.script_names.add(name)
        if len(self.names) > self.SOURCES_KEPT:
            linecache.cache.pop(self.names[-self.SOURCES_KEPT - 1], None)


_session = None


def begin_session():
    """Cell, before the first run of many: mode `repl` keeps its names from here on."""
    global _session
    _session = _Session()


def _find_main(module):
    missing = object()
    main = module.__dict__.get("main", missing)
    if main is missing:
        failure = {"kind": "no_main", "message": "the script defines no main() function"}
        failure["advice"] = advice.NO_MAIN
        raise failures.Refused(failure)
    if not callable(main):
        kind = _type_name(type(main))
        raise failures.Refused({"kind": "no_main", "message": f"main is not callable: {kind}"})
    return main


def _is_awaitable(value):
    kind = type(value)
    if kind is dict or kind is list or kind is str or kind is int or kind is float or value is None:
        return False
    if kind is types.GeneratorType:  # marked by @types.coroutine
        return bool(value.gi_code.co_flags & 0x100)
    return any("__await__" in base.__dict__ for base in type.mro(kind))


async def _await(awaitable):
    return await awaitable


# --- describing a failure ------------------------------------------------------------------------


def describe(error, memory_bytes, refused=()):
    """Returns the failure frame's object for an exception of execute() or of the encoder (failures.py)."""
    if isinstance(error, failures.Refused):
        return error.failure
    return failures.describe(error, memory_bytes, _run, refused)


# --- ending --------------------------------------------------------------------------------------


def disable_hooks():
    """Disables what a script can leave enabled and the host cannot reach from C."""
    _set_int_digits(0)
    if _monitoring is not None:
        for tool in range(6):
            if _monitoring.get_tool(tool) is not None:
                _monitoring.set_events(tool, 0)


def flush_streams():
    """Flushes everything that may buffer output of the script: the standard streams, as they are now (a script may
    wrap or replace them) and as they were, and the open files among its globals, which a normal interpreter would flush as it ends."""
    module = _run.module
    written = [sys.__dict__.get("stdout"), sys.__dict__.get("stderr"), *_streams]
    if module is not None:
        for value in list(module.__dict__.values()):
            if issubclass(type(value), _FileType):
                written.append(value)
    for stream in written:
        try:
            stream.flush()
        except BaseException:
            pass  # None, closed, broken or hostile: nothing to flush


def drop_last_run():
    """Zygote: drops its last own script and the streams of it; freeing them later would leave holes in the
    image."""
    _run.__init__()
    streams.drop()
