"""Runs the corpus as cells would: a fork of a warm Python for each script, the filter attached.

    python warm_runner.py [--filter libcorpus_filter.so] [--corpus DIR] [--match REGEX] [--rounds N]

Prints one JSON object a script: {"script", "value" or "error", "refused"}. Without --filter nothing
is refused, which is how scripts/record-syscalls sees what scripts would like to call.

As root it also hides /proc and /sys and runs each script as nobody, as in a cell.
"""

import argparse
import asyncio
import ctypes
import importlib.util
import json
import linecache
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import corpus

NOBODY = 65534
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18
REFUSED_CALLS_MAX = 16
SCRIPT_SECONDS_MAX = 30
DESCRIPTORS_MAX = 256
WARM_CALLBACKS = 256

# Written to a closed descriptor, so that a trace shows where the script begins.
TRACE_MARK = b"corpus script begins"


class Filter:
    """The cell's filter, from filter_module.cpp."""

    def __init__(self, path: str):
        self._module = ctypes.CDLL(path)
        for name in ("corpus_compile_filter", "corpus_attach_filter"):
            getattr(self._module, name).restype = ctypes.c_bool
        self._module.corpus_refused_calls.restype = ctypes.c_size_t
        self._module.corpus_call_name.restype = ctypes.c_char_p
        if not self._module.corpus_compile_filter():
            sys.exit("the filter does not compile")

    def attach(self) -> None:
        if not self._module.corpus_attach_filter():
            raise OSError("the filter cannot be attached")

    def refused(self) -> list[int]:
        numbers = (ctypes.c_uint32 * REFUSED_CALLS_MAX)()
        return list(numbers[: self._module.corpus_refused_calls(numbers)])

    def name(self, number: int) -> str:
        name = self._module.corpus_call_name(number)
        return name.decode() if name else str(number)


def hide_kernel_file_systems() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    private = libc.unshare(CLONE_NEWNS) == 0 and libc.mount(b"", b"/", b"", MS_REC | MS_PRIVATE, b"") == 0
    for path in (b"/proc", b"/sys"):
        if not private or libc.mount(b"none", path, b"tmpfs", 0, b"size=0") != 0:
            print(f"note: {path.decode()} stays visible", file=sys.stderr)


def warm_up() -> None:
    import numpy
    import pandas  # noqa: F401
    import pytz

    # As in the guest (scripts/make_guest_root.py), whatever this machine has.
    os.environ["MPLBACKEND"] = "agg"
    os.environ["TZDIR"] = os.path.join(os.path.dirname(pytz.__file__), "zoneinfo")
    numpy.ones((8, 8)) @ numpy.ones((8, 8))
    # libffi maps executable memory for callbacks as they are made, which the filter refuses. What
    # it has mapped for these it keeps.
    [ctypes.CFUNCTYPE(None)(lambda: None) for _ in range(WARM_CALLBACKS)]


def make_font_list() -> str | None:
    """A configuration directory of matplotlib with its list of fonts, which the guest has: to make it,
    matplotlib starts a program. None without matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        return None
    directory = tempfile.mkdtemp(prefix="corpus-fonts-")
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True,
                   env={**os.environ, "MPLCONFIGDIR": directory})
    return directory


def encode(value: object) -> object:
    """numpy's scalars and arrays, as the service itself encodes them."""
    return value.item() if getattr(value, "ndim", 0) == 0 else value.tolist()


def call_main(source: str) -> object:
    module = types.ModuleType("script")
    sys.modules["script"] = sys.modules["__main__"] = module
    sys.argv = ["script.py"]
    linecache.cache["script.py"] = (len(source), None, source.splitlines(keepends=True), "script.py")
    module.__file__ = "script.py"
    exec(compile(source, "script.py", "exec"), module.__dict__)
    value = module.main()
    if hasattr(value, "__await__"):
        value = asyncio.run(value)
    sys.stdout.flush()
    return json.loads(json.dumps(value, default=encode))


def be_a_cell(script: corpus.Script, filter_: Filter | None, reply: int) -> None:
    """The child. Never returns."""
    report = {"script": script.name}
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        quiet = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(quiet, fd)
        os.closerange(3, reply)
        os.closerange(reply + 1, DESCRIPTORS_MAX)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
        if filter_:
            filter_.attach()
        try:
            os.write(-1, TRACE_MARK)
        except OSError:
            pass
        report["value"] = call_main(script.source)
    except BaseException as error:
        report["error"] = f"{type(error).__name__}: {error}"
    os.write(reply, json.dumps({**report, "refused": filter_.refused() if filter_ else []}).encode())
    os._exit(0)


def make_scratch(font_list: str | None) -> tuple[str, str]:
    """A working directory, which is empty, and a configuration directory of matplotlib."""
    scratch, configuration = (tempfile.mkdtemp(prefix="corpus-") for _ in range(2))
    if font_list:
        shutil.copytree(font_list, configuration, dirs_exist_ok=True)
    for directory in (scratch, configuration):
        os.chmod(directory, 0o777)
    return scratch, configuration


def run(script: corpus.Script, filter_: Filter | None, font_list: str | None) -> dict:
    scratch, configuration = make_scratch(font_list)
    here = os.getcwd()
    os.chdir(scratch)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ.update(HOME=scratch, TMPDIR=scratch, MPLCONFIGDIR=configuration)
        be_a_cell(script, filter_, writer)
    os.close(writer)
    if not select.select([reader], [], [], SCRIPT_SECONDS_MAX)[0]:
        os.kill(child, signal.SIGKILL)
    with open(reader, "rb") as replies:
        text = replies.read()
    status = os.waitpid(child, 0)[1]
    os.chdir(here)
    for directory in (scratch, configuration):
        shutil.rmtree(directory, ignore_errors=True)
    if not text:
        ended = os.waitstatus_to_exitcode(status)
        cause = signal.Signals(-ended).name if ended < 0 else f"exit code {ended}"
        return {"script": script.name, "error": f"ended by {cause}", "refused": []}
    report = json.loads(text)
    report["refused"] = [filter_.name(number) for number in report["refused"]] if filter_ else []
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--filter", help="libcorpus_filter.so")
    parser.add_argument("--corpus", type=Path, default=corpus.HERE, help="a folder with scripts/")
    parser.add_argument("--match", default="", help="only scripts whose name has a match")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()

    scripts = [script for script in corpus.load(options.corpus) if re.search(options.match, script.name)]
    filter_ = Filter(os.path.abspath(options.filter)) if options.filter else None
    if os.geteuid() == 0:
        hide_kernel_file_systems()
    font_list = make_font_list()
    warm_up()
    try:
        for _ in range(options.rounds):
            for script in scripts:
                print(json.dumps(run(script, filter_, font_list)), flush=True)
    finally:
        shutil.rmtree(font_list or "", ignore_errors=True)


if __name__ == "__main__":
    main()
