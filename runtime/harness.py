"""Runs one script, from its source text to its value or to the description of its failure.

This runs in a cell, in the same interpreter as the script, so nothing here is a security layer. It must
answer correctly whatever a script does to its interpreter. Therefore

- the host (src/zygote/python_host.cpp) loads it with a private copy of the builtins and keeps it out of
  sys.modules, and it holds its own references to everything that it calls after the script has run;
- the host clears trace functions, signal handlers and recursion limits after the script and before
  describe() and flush_streams();
- parts of the standard library that the script may have changed (traceback, linecache) are called inside a
  guard, with a simpler fallback.

The zygote calls drop_last_run() after its own scripts and, as the last preparation, attach_streams() and
prepare_module(). In a cell the host calls, in this order: attach_streams(), if a descriptor is not a pipe as
in the zygote; execute(); describe(), if that or the encoding of the value raised; flush_streams().
"""

import io
import json
import linecache
import os
import sys
import time
import traceback
import types
from errno import EPERM
from importlib.machinery import ModuleSpec

MODULE_NAME = "script"
MAIN_NAME = "__main__"
FILE_NAME = "script.py"

MESSAGE_CHARACTERS_MAX = 2_000
TRACEBACK_CHARACTERS_MAX = 32_000
TRACEBACK_FRAMES_MAX = 1_000  # of a deeper stack only the last ones are kept
TRACEBACK_FRAMES_KEPT = 200
CAUSES_MAX = 20  # causes of an exception that are examined

# The wording of the traceback module.
_UNPRINTABLE = "<exception str() failed>"

_loads = json.loads
_StringIO = io.StringIO
# The base class of every file. Unlike io.IOBase it is not abstract, so issubclass() fills no cache.
_FileType = io.IOBase.__mro__[1]
_type_name = type.__dict__["__name__"].__get__
_errno_of = OSError.errno.__get__
_cause_of = BaseException.__cause__.__get__
_context_of = BaseException.__context__.__get__
_set_int_digits = sys.set_int_max_str_digits
_set_profile = sys.setprofile
_set_trace = sys.settrace
_monitoring = getattr(sys, "monitoring", None)  # 3.12
_exit_code_of = SystemExit.code.__get__
_TracebackException = traceback.TracebackException


def _run_coroutine(coroutine):
    # Not at the top: a quick zygote never imports asyncio, which takes longer than everything else here.
    import asyncio

    return asyncio.run(coroutine)


# No limit on the digits of an int: the CPU limit bounds the conversion, and a script may return a value of
# 5,000 digits.
_set_int_digits(0)


class _Refused(BaseException):
    """The script was not run to its end; `failure` says why."""

    def __init__(self, failure):
        super().__init__()
        self.failure = failure


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
    """The run of this process; describe() reads it."""

    __slots__ = ("main", "module", "next_module", "source_lines")

    def __init__(self, next_module=None):
        self.next_module = next_module  # prepared before the script is known
        self.module = self.main = None
        self.source_lines = ()


_run = _Run()


# --- running ------------------------------------------------------------------------------------


def execute(script, args_json, env_block):
    """Runs `script` (bytes, UTF-8) and returns what its main() returned, awaited if need be.

    `args_json`: bytes, a JSON object or array, or empty. `env_block`: bytes, "NAME=value\\0" each.
    Raises whatever the script raises.
    """
    if env_block:
        _add_environment(env_block)
    _add_working_directory()
    source = _decode(script)
    args, kwargs = _arguments(args_json)
    _run.source_lines = _StringIO(source + "\n").readlines()  # ends lines at \n only
    _remember_source()
    code = _compile(source)
    _run.module = module = _enter_module(source)
    exec(code, module.__dict__)
    _run.main = main = _find_main(module)
    value = main(*args, **kwargs)
    # main() may have left a hook enabled; if it raises, the result must not be lost.
    _set_trace(None)
    _set_profile(None)
    if _is_awaitable(value):
        value = _run_coroutine(_await(value))
    return value


def _add_environment(env_block):
    for entry in env_block.split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if name and equals:
            os.environb[name] = value
            if name == b"TZ":
                time.tzset()


def _add_working_directory():
    # As `python script.py` adds the script's directory, so that a request's `files` can be imported.
    sys.path.insert(0, os.getcwd())


def _decode(script):
    try:
        source = script.decode()
    except UnicodeDecodeError as error:
        raise _Refused(_syntax("SyntaxError", f"the source is not UTF-8: {error.reason}")) from None
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    nul = source.find("\0")
    if nul >= 0:
        line = source.count("\n", 0, nul) + 1
        raise _Refused(_syntax("SyntaxError", "source code cannot contain null bytes", line))
    return source


def _arguments(args_json):
    if not args_json:
        return (), {}
    given = _loads(args_json)
    return ((), given) if isinstance(given, dict) else (given, {})


def _compile(source):
    try:
        return compile(source, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        failure = _syntax(_type_name(type(error)), str(error.msg), error.lineno)
        failure["traceback"] = _format_traceback(error, None)
    except (RecursionError, MemoryError) as error:
        # The compiler's stack is exhausted: 100 KB of source do not fill the memory.
        failure = _syntax(_type_name(type(error)), "source code too complex to compile")
    except (ValueError, OverflowError) as error:
        failure = _syntax(_type_name(type(error)), _message(error))
    raise _Refused(failure)


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


def _remember_source():
    # Without an mtime linecache keeps the entry and does not look for a file.
    lines = list(_run.source_lines)
    linecache.cache[FILE_NAME] = (sum(map(len, lines)), None, lines, FILE_NAME)


def _find_main(module):
    missing = object()
    main = module.__dict__.get("main", missing)
    if main is missing:
        raise _Refused({"kind": "no_main", "message": "the script defines no main() function"})
    if not callable(main):
        kind = _type_name(type(main))
        raise _Refused({"kind": "no_main", "message": f"main is not callable: {kind}"})
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


def describe(error, memory_bytes):
    """Returns the failure frame's object (src/protocol/failure.h) for an exception of execute() or of the
    encoder, and `lacks_permission` for the host."""
    if isinstance(error, _Refused):
        return error.failure
    trace = _script_part(error.__traceback__)
    place = _place(trace) or _place_of_failed_call(error)
    if isinstance(error, MemoryError) or _is_frame_without_memory(error):
        failure = _memory_failure(trace, memory_bytes)
    elif isinstance(error, SystemExit):
        failure = _exit_failure(error)
    else:
        failure = {
            "kind": "exception",
            "type": _type_name(type(error)),
            "message": _message(error),
        }
        if _lacks_permission(error):
            failure["lacks_permission"] = True
    if place is not None:
        failure["line"], failure["function"] = place
    if failure["kind"] != "exit":
        failure["traceback"] = _format_traceback(error, trace)
    return failure


def _lacks_permission(error):
    """Whether it is an OSError with EPERM, or was caused by one."""
    for _ in range(CAUSES_MAX):
        if error is None:
            break
        if issubclass(type(error), OSError):
            number = _errno_of(error)
            if type(number) is int and number == EPERM:
                return True
        error = _cause_of(error) or _context_of(error)
    return False


def _script_part(trace):
    """The traceback from the script's first frame on; without such a frame, after the harness's frames."""
    first = trace
    while first is not None and first.tb_frame.f_code.co_filename != FILE_NAME:
        first = first.tb_next
    if first is not None:
        return first
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def _place(trace):
    """Line and function of the innermost frame in the script."""
    place = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            place = trace.tb_lineno, code.co_name
        trace = trace.tb_next
    return place


def _place_of_failed_call(error):
    """The def line when the call of main() itself failed: args that do not fit its parameters."""
    main = _run.main
    if not isinstance(error, TypeError) or type(main) is not types.FunctionType:
        return None
    if main.__code__.co_filename != FILE_NAME:
        return None
    return main.__code__.co_firstlineno, main.__code__.co_name


def _is_frame_without_memory(error):
    """Whether CPython (3.11 to 3.13) had no memory for another call of a Python function, for which it sets no
    exception: an endless recursion whose limit the script has raised ends this way."""
    return type(error) is SystemError and _text_of(error) == "error return without exception set"


def _memory_failure(trace, memory_bytes):
    depth = _depth(trace)
    # Free what the script holds; otherwise there is no memory to report the failure.
    while trace is not None:
        try:
            trace.tb_frame.clear()
        except RuntimeError:
            pass  # still running, such as a generator's frame
        trace = trace.tb_next
    if _run.module is not None:
        _run.module.__dict__.clear()
    message = "memory limit exceeded"
    if memory_bytes:
        message += f" ({memory_bytes // (1024 * 1024)} MB)"
    if depth > TRACEBACK_FRAMES_MAX:
        message += f", {depth} calls deep in a recursion"
    return {"kind": "memory", "type": "MemoryError", "message": message}


def _exit_failure(error):
    code = _exit_code_of(error)
    status, said = 0, ""
    if isinstance(code, int):
        status = int(code) & 0xFF  # what exit(3) makes of it
    elif code is not None:
        # Python prints any other object to stderr and exits with 1.
        status, said = 1, _text_of(code)
        try:
            sys.stderr.write(said + "\n")
        except BaseException:
            pass
    message = f"script exited with status {status} before main() returned"
    if said:
        message += ": " + said
    return {"kind": "exit", "type": "SystemExit", "message": message, "exit_code": status}


def _message(error):
    return _text_of(error)


def _text_of(value):
    try:
        text = str.__str__(str(value))  # an exact str, even if __str__ returned a subclass
    except BaseException:
        return _UNPRINTABLE
    if len(text) > MESSAGE_CHARACTERS_MAX:
        text = text[:MESSAGE_CHARACTERS_MAX] + "..."
    return text


def _format_traceback(error, trace):
    try:
        _remember_source()  # the script may have cleared linecache
        deep = _depth(trace) > TRACEBACK_FRAMES_MAX
        report = _TracebackException(
            type(error), error, trace, limit=-TRACEBACK_FRAMES_KEPT if deep else None, compact=True
        )
        text = "".join(report.format())
    except BaseException:
        text = _plain_traceback(error, trace)
    return _middle_elided(text.rstrip("\n") + "\n")


def _depth(trace):
    depth = 0
    while trace is not None:
        depth += 1
        trace = trace.tb_next
    return depth


def _plain_traceback(error, trace):
    """Without the standard library, which the script may have broken."""
    lines = ["Traceback (most recent call last):"]
    skip = max(0, _depth(trace) - TRACEBACK_FRAMES_KEPT)
    while trace is not None:
        if skip > 0:
            skip -= 1
        else:
            code, number = trace.tb_frame.f_code, trace.tb_lineno
            lines.append(f'  File "{code.co_filename}", line {number}, in {code.co_name}')
            if code.co_filename == FILE_NAME and 0 < (number or 0) <= len(_run.source_lines):
                lines.append("    " + _run.source_lines[number - 1].strip())
        trace = trace.tb_next
    lines.append(f"{_type_name(type(error))}: {_message(error)}")
    return "\n".join(lines)


def _middle_elided(text):
    excess = len(text) - TRACEBACK_CHARACTERS_MAX
    if excess <= 0:
        return text
    # The end says what went wrong, so more of it is kept.
    head = text[: TRACEBACK_CHARACTERS_MAX // 3]
    tail = text[-(TRACEBACK_CHARACTERS_MAX * 2 // 3) :]
    return f"{head}\n  ... {excess} characters left out ...\n{tail}"


# --- ending --------------------------------------------------------------------------------------


def disable_hooks():
    """Disables what a script can leave enabled and the host cannot reach from C."""
    _set_int_digits(0)
    if _monitoring is not None:
        for tool in range(6):
            if _monitoring.get_tool(tool) is not None:
                _monitoring.set_events(tool, 0)


def flush_streams():
    """Flushes everything that may buffer output of the script.

    sys.stdout and sys.stderr as they are now (a script may wrap or replace them), as they were, and
    the open files among the script's globals, which a normal interpreter would flush as it ends.
    """
    module = _run.module
    streams = [sys.__dict__.get("stdout"), sys.__dict__.get("stderr"), *_streams]
    if module is not None:
        for value in list(module.__dict__.values()):
            if issubclass(type(value), _FileType):
                streams.append(value)
    for stream in streams:
        try:
            stream.flush()
        except BaseException:
            pass  # None, closed, broken or hostile: nothing to flush


# --- standard streams ----------------------------------------------------------------------------

_streams = []


def attach_streams(output_buffer_type):
    """Creates new text streams in sys over descriptors 0, 1 and 2 as they are at this moment.

    `output_buffer_type`: src/zygote/script_output.h. io examines a descriptor (its kind, its block size)
    only when it is wrapped, so descriptors of another kind need new streams.
    """
    stdin = io.TextIOWrapper(
        io.BufferedReader(_raw(0, "rb", "<stdin>")), encoding="utf-8", errors="surrogateescape"
    )
    stdin.mode = "r"
    stdout = _text_output(output_buffer_type, 1, "<stdout>")
    stderr = _text_output(output_buffer_type, 2, "<stderr>")
    sys.stdin = sys.__stdin__ = stdin
    sys.stdout = sys.__stdout__ = stdout
    sys.stderr = sys.__stderr__ = stderr
    _streams[:] = [stdout, stderr]


def drop_last_run():
    """Drops the last trusted script and its streams: freeing them later would leave holes in the image."""
    _run.__init__()
    sys.stdin = sys.__stdin__ = sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = None
    _streams.clear()


def _raw(descriptor, mode, name):
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name
    return raw


def _text_output(buffer_type, descriptor, name):
    stream = io.TextIOWrapper(
        buffer_type(_raw(descriptor, "wb", name)),
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
    stream.mode = "w"
    return stream


# These run when no profile function is active any more, so hot_code.py cannot see them.
AFTER_MAIN = (_is_awaitable, disable_hooks, flush_streams)
