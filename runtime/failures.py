"""Describes an exception that ended a run, as the object of the failure frame (src/protocol/failure.h).

Cell, after the script ran: it may have changed anything in the interpreter. See harness.py, which calls this.
"""

import linecache
import os
import sys
import traceback
import types
from errno import EPERM

import advice
from causes import causes_of
from causes import module_of as _module_of
from causes import type_name as _type_name

FILE_NAME = "script.py"

# The names of all scripts that this process has run: a session's have a name each, so that a traceback finds
# the source of what an earlier one defined.
script_names = {FILE_NAME}
_OUR_FOLDER = os.path.dirname(__file__)

MESSAGE_CHARACTERS_MAX = 2_000
TRACEBACK_CHARACTERS_MAX = 32_000
TRACEBACK_FRAMES_MAX = 1_000  # of a deeper stack only the last ones are kept
TRACEBACK_FRAMES_KEPT = 200

# The wording of the traceback module.
_UNPRINTABLE = "<exception str() failed>"

_errno_of = OSError.errno.__get__
_exit_code_of = SystemExit.code.__get__
_TracebackException = traceback.TracebackException


class Refused(BaseException):
    """The script was not run to its end; `failure` says why, and way_out(run), if there is one, what leads out."""

    def __init__(self, failure, way_out=None):
        super().__init__()
        self.failure = failure
        self.way_out = way_out

    def described(self, run):
        try:
            advice_of_it = self.way_out and self.way_out(run)
        except BaseException:
            advice_of_it = None
        if advice_of_it:
            self.failure["advice"] = advice_of_it
        return self.failure


def describe(error, memory_bytes, run, refused=()):
    """Returns the failure frame's object, and `lacks_permission` for the host.

    `run`: harness.py's. `refused`: what the sandbox refused in this run, of advice.NETWORK and
    advice.PROCESSES.
    """
    trace = _script_part(error.__traceback__)
    place = _place(trace, run) or _place_of_failed_call(error, run)
    if isinstance(error, MemoryError) or _is_frame_without_memory(error):
        failure = _memory_failure(error, trace, memory_bytes, run)
    elif isinstance(error, SystemExit):
        failure = _exit_failure(error, run)
    else:
        failure = _exception_failure(error, trace, run, refused)
    if place is not None:
        failure["line"], failure["function"] = place
    if failure["kind"] != "exit":
        failure["traceback"] = format_traceback(error, trace, run)
    return failure


def _exception_failure(error, trace, run, refused):
    failure = {
        "kind": "exception",
        "type": _type_name(type(error)),
        "message": text_of(error),
    }
    if _lacks_permission(error):
        failure["lacks_permission"] = True
    message, way_out = advice.of_exception(error, trace, run, refused)
    if message:
        failure["message"] = _shortened(message)
    if way_out:
        failure["advice"] = way_out
    return failure


def _lacks_permission(error):
    """Whether it is an OSError with EPERM, or was caused by one."""
    for cause in causes_of(error):
        if issubclass(type(cause), OSError):
            number = _errno_of(cause)
            if type(number) is int and number == EPERM:
                return True
    return False


def _script_part(trace):
    """The traceback from the script's first frame on; without such a frame, after the harness's frames."""
    first = trace
    while first is not None and first.tb_frame.f_code.co_filename not in script_names:
        first = first.tb_next
    if first is not None:
        return first
    after_ours = trace
    while trace is not None:
        ours = trace.tb_frame.f_code.co_filename.startswith(_OUR_FOLDER)
        trace = trace.tb_next
        if ours:
            after_ours = trace
    return after_ours


def _place(trace, run):
    """Line and function of the innermost frame in the script."""
    place = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == run.file_name:
            place = trace.tb_lineno, code.co_name
        trace = trace.tb_next
    return place


def _place_of_failed_call(error, run):
    """The def line when the call of main() itself failed: args that do not fit its parameters."""
    main = run.main
    if not isinstance(error, TypeError) or type(main) is not types.FunctionType:
        return None
    if main.__code__.co_filename != run.file_name:
        return None
    return main.__code__.co_firstlineno, main.__code__.co_name


def _is_frame_without_memory(error):
    """Whether CPython (3.11 to 3.13) had no memory for another call of a Python function, for which it sets no
    exception: an endless recursion whose limit the script has raised ends this way."""
    return type(error) is SystemError and text_of(error) == "error return without exception set"


def _memory_failure(error, trace, memory_bytes, run):
    depth = _depth(trace)
    # Free what the script holds; otherwise there is no memory to report the failure.
    while trace is not None:
        try:
            trace.tb_frame.clear()
        except RuntimeError:
            pass  # still running, such as a generator's frame
        trace = trace.tb_next
    if run.module is not None:
        run.module.__dict__.clear()
    message = "memory limit exceeded"
    if memory_bytes:
        message += f" ({memory_bytes // (1024 * 1024)} MB)"
    if depth > TRACEBACK_FRAMES_MAX:
        message += f", {depth} calls deep in a recursion"
    # numpy's own, which has the same name, says how much was asked for.
    if type(error) is not MemoryError and str(_module_of(type(error))).startswith("numpy."):
        message += ": " + text_of(error)
    return {"kind": "memory", "type": "MemoryError", "message": message}


def exit_status(error):
    """What the process would exit with, and what Python would print."""
    code = _exit_code_of(error)
    if code is None:
        return 0, ""
    if isinstance(code, int):
        return int(code) & 0xFF, ""  # what exit(3) makes of it
    return 1, text_of(code)  # any other object is printed to stderr


def _exit_failure(error, run):
    status, said = exit_status(error)
    if said:
        try:
            sys.stderr.write(said + "\n")
        except BaseException:
            pass
    message = f"script exited with status {status}"
    if run.mode == "main":
        message += " before main() returned"
    if said:
        message += ": " + said
    failure = {"kind": "exit", "type": "SystemExit", "message": message, "exit_code": status}
    way_out = advice.of_exit(error, status, run)
    if way_out:
        failure["advice"] = way_out
    return failure


def text_of(value):
    try:
        text = str.__str__(str(value))  # an exact str, even if __str__ returned a subclass
    except BaseException:
        return _UNPRINTABLE
    return _shortened(text)


def _shortened(text):
    return text if len(text) <= MESSAGE_CHARACTERS_MAX else text[:MESSAGE_CHARACTERS_MAX] + "..."


def remember_source(run):
    # Without an mtime linecache keeps the entry and does not look for a file.
    lines = list(run.source_lines)
    name = run.file_name
    linecache.cache[name] = (sum(map(len, lines)), None, lines, name)


def format_traceback(error, trace, run):
    try:
        remember_source(run)  # the script may have cleared linecache
        deep = _depth(trace) > TRACEBACK_FRAMES_MAX
        report = _TracebackException(
            type(error), error, trace, limit=-TRACEBACK_FRAMES_KEPT if deep else None, compact=True
        )
        text = "".join(report.format())
    except BaseException:
        text = _plain_traceback(error, trace, run)
    return _middle_elided(text.rstrip("\n") + "\n")


def _depth(trace):
    depth = 0
    while trace is not None:
        depth += 1
        trace = trace.tb_next
    return depth


def _plain_traceback(error, trace, run):
    """Without the standard library, which the script may have broken."""
    lines = ["Traceback (most recent call last):"]
    skip = max(0, _depth(trace) - TRACEBACK_FRAMES_KEPT)
    while trace is not None:
        if skip > 0:
            skip -= 1
        else:
            code, number = trace.tb_frame.f_code, trace.tb_lineno
            lines.append(f'  File "{code.co_filename}", line {number}, in {code.co_name}')
            if code.co_filename == run.file_name and 0 < (number or 0) <= len(run.source_lines):
                lines.append("    " + run.source_lines[number - 1].strip())
        trace = trace.tb_next
    lines.append(f"{_type_name(type(error))}: {text_of(error)}")
    return "\n".join(lines)


def _middle_elided(text):
    excess = len(text) - TRACEBACK_CHARACTERS_MAX
    if excess <= 0:
        return text
    # The end says what went wrong, so more of it is kept.
    head = text[: TRACEBACK_CHARACTERS_MAX // 3]
    tail = text[-(TRACEBACK_CHARACTERS_MAX * 2 // 3) :]
    return f"{head}\n  ... {excess} characters left out ...\n{tail}"
