"""Runs one script, from its source text to its value or to the description of its failure.

This runs in a cell, in the same interpreter as the script, so nothing here is a security layer. It must
answer correctly whatever a script does to its interpreter. Therefore

- the host (src/zygote/script_run.cpp) loads it with a private copy of the builtins and keeps it out of
  sys.modules, and it holds its own references to everything that it calls after the script has run;
- the host clears trace functions, signal handlers and recursion limits after the script and before
  describe() and flush_streams(), and enables them again before the process's next run;
- parts of the standard library that the script may have changed (traceback, linecache) are called inside a
  guard, with a simpler fallback (failures.py).

This file is longer than 350 lines because a plain run that stays in one module touches fewer pages of memory.

The zygote calls drop_last_run() after its own scripts and, as the last preparation, streams.attach() and
prepare(). For each run the host calls, in this order: streams.attach(), if a descriptor is not a pipe as
in the zygote, or if it is not the process's first run, for which streams.create() may have been called when the
last one was over; execute(); describe(), if that or the encoding of the
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
_getcwd = os.getcwd
_StringIO = io.StringIO
# The base class of every file. Unlike io.IOBase it is not abstract, so issubclass() fills no cache.
_FileType = io.IOBase.__mro__[1]
_type_name = type.__dict__["__name__"].__get__
_streams = streams.made
set_int_digits = sys.set_int_max_str_digits  # the host calls it after each script
_set_profile = sys.setprofile
_set_trace = sys.settrace
_monitoring = getattr(sys, "monitoring", None)  # 3.12

# No limit on the digits of an int: the CPU limit bounds the conversion, and a script may return a value of
# 5,000 digits.
set_int_digits(0)


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

    __slots__ = (
        "args_json",
        "file_name",
        "has_fields",
        "known_lines",
        "main",
        "mode",
        "module",
        "next_module",
        "source_lines",
    )

    def __init__(self, next_module=None, known_lines=None, file_name=FILE_NAME):
        # Both are prepared before the script is known: its module, and its entry in linecache.
        self.next_module = next_module
        self.known_lines = known_lines
        self.module = self.main = None
        self.mode = "main"
        self.has_fields = True  # what asked for the run has those of POST /execute
        self.file_name = file_name
        self.args_json = b""
        self.source_lines = ()


_run = _Run()


# --- running ------------------------------------------------------------------------------------


def execute(script, args_json, env_block, mode="main"):
    """Runs `script` (bytes, UTF-8) and returns its value: what its main() returned, awaited if need be.

    `args_json`: bytes, a JSON object or array, or empty. `env_block`: bytes, "NAME=value\\0" each. `mode`: one
    of the HTTP contract's. Raises whatever the script raises.

    What every run does is written out here, and what few need is in functions: a cell copies a page or two
    for each function that it calls and each object that it looks at.
    """
    if env_block:
        _add_environment(env_block)
    # As `python script.py` adds the script's directory, so that a request's `files` can be imported.
    directory = _getcwd()
    if _run.known_lines is not None or directory not in sys.path:  # by an earlier run
        sys.path.insert(0, directory)
    source = _decode(script)
    if _session is not None:
        _session.name_run(_run)
    _run.args_json, _run.mode, _run.main = args_json, mode, None
    _run.source_lines = lines = _StringIO(source + "\n").readlines()  # ends lines at \n only
    if _run.known_lines is None:
        failures.remember_source(_run)
    else:
        _run.known_lines.extend(lines)
        _run.known_lines = None
    if mode != "main":
        return _execute_as_main(source)
    args, kwargs = _arguments(args_json) if args_json else ((), {})
    code = _compile(source)
    _run.module = module = _run.next_module or _new_module()
    _run.next_module = None
    module.__loader__.source = source
    exec(code, module.__dict__)
    main = module.__dict__.get("main")
    if not callable(main):
        raise _no_main(module)
    _run.main = main
    value = main(*args, **kwargs)
    # main() may have left a hook enabled; if it raises, the result must not be lost.
    _set_trace(None)
    _set_profile(None)
    kind = type(value)
    if kind is not dict and kind is not str and kind is not list and _is_awaitable(value):
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


def _decode(script):
    try:
        source = script.decode()
    except UnicodeDecodeError as error:
        raise failures.Refused(_syntax("SyntaxError", f"the source is not UTF-8: {error.reason}")) from None
    if not source.isascii():
        source = source.removeprefix("\ufeff")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise failures.Refused(_syntax("SyntaxError", "source code cannot contain null bytes", line))
    return source


def _arguments(args_json):
    given = _loads(args_json)
    return ((), given) if isinstance(given, dict) else (given, {})


def _compile(source, read=None):
    """The code of `source`; `read`: makes it in another way than as a module."""
    way_out = None
    try:
        return read(source, _run) if read else compile(source, _run.file_name, "exec", dont_inherit=True)
    except SyntaxError as error:
        failure = _syntax(_type_name(type(error)), str(error.msg), error.lineno)
        failure["traceback"] = failures.format_traceback(error, None, _run)
        way_out = lambda run, error=error: advice.of_syntax(error, run)  # noqa: E731, keeps `error` alone
    except (RecursionError, MemoryError) as error:
        # The compiler's stack is exhausted: 100 KB of source do not fill the memory.
        failure = _syntax(_type_name(type(error)), "source code too complex to compile")
    except (ValueError, OverflowError) as error:
        failure = _syntax(_type_name(type(error)), failures.text_of(error))
    raise failures.Refused(failure, way_out)


def _syntax(type_name, message, line=None):
    failure = {"kind": "syntax", "type": type_name, "message": message}
    if line is not None:
        failure["line"] = line
    return failure


_replaced = []


def prepare():
    """Zygote, last: creates what each run needs and writes to. Above all the module in which the script of each
    cell will run, without its source."""
    global _run, _streams
    # Recreates the objects that each run writes to, so that they are contiguous and not where the imports
    # left them. The old ones are kept: if they were freed, the run would allocate their memory.
    _replaced.extend((_run, sys.path, sys.argv, linecache.cache, _streams))
    lines = []
    module = _new_module()
    module.__name__ = _copied(MODULE_NAME)
    module.__file__ = file_name = _copied(FILE_NAME)
    _run = _Run(module, lines, file_name)
    sys.path = list(sys.path)
    sys.argv = [FILE_NAME]
    linecache.cache = {FILE_NAME: (0, None, lines, FILE_NAME)}  # as failures.remember_source()
    _streams = streams.made = list(_streams)
    for function in (execute, _decode, _compile, flush_streams):
        _replaced.append(function)
        globals()[function.__name__] = types.FunctionType(
            function.__code__, globals(), function.__name__, function.__defaults__
        )


def _copied(text):
    return text.encode().decode()


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
        linecache.cache.pop(FILE_NAME, None)
        _run.known_lines = None
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


def _no_main(module):
    if "main" in module.__dict__:
        kind = _type_name(type(module.__dict__["main"]))
        return failures.Refused({"kind": "no_main", "message": f"main is not callable: {kind}"})
    failure = {"kind": "no_main", "message": "the script defines no main() function"}
    return failures.Refused(failure, advice.of_no_main)


def _is_awaitable(value):
    kind = type(value)
    if kind is int or kind is float or value is None:
        return False
    if kind is types.GeneratorType:  # marked by @types.coroutine
        return bool(value.gi_code.co_flags & 0x100)
    return any("__await__" in base.__dict__ for base in type.mro(kind))


async def _await(awaitable):
    return await awaitable


# --- describing a failure ------------------------------------------------------------------------


def describe(error, memory_bytes, refused=(), has_fields=True):
    """Returns the failure frame's object for an exception of execute() or of the encoder (failures.py).

    `has_fields`: advice may name the fields of POST /execute (advice_fields.py)."""
    _run.has_fields = has_fields
    if isinstance(error, failures.Refused):
        return error.described(_run)
    return failures.describe(error, memory_bytes, _run, refused)


# --- ending --------------------------------------------------------------------------------------


def _disable_monitoring():
    """Disables what a script can leave enabled and the host cannot reach from C."""
    for tool in range(6):
        if _monitoring.get_tool(tool) is not None:
            _monitoring.set_events(tool, 0)


disable_monitoring = None if _monitoring is None else _disable_monitoring


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
