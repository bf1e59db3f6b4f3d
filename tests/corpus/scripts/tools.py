# The standard library's tools: data structures, introspection, testing, ctypes.
# Scripts that do not depend on each other, therefore longer than 350 lines.

# %% collections
import collections

def main():
    Point = collections.namedtuple("Point", "x y")
    ring = collections.deque(range(5), maxlen=5)
    ring.rotate(2)
    groups = collections.defaultdict(list)
    for n in range(6):
        groups[n % 2].append(n)
    chain = collections.ChainMap({"a": 1}, {"a": 2, "b": 3})
    return Point(1, 2)._asdict(), list(ring), dict(groups), chain["a"], \
        list(collections.OrderedDict(b=1, a=2))

# %% itertools
import itertools

def main():
    return (list(itertools.permutations("abc", 2))[:3], list(itertools.accumulate(range(6))),
            [(k, len(list(g))) for k, g in itertools.groupby("aabccc")],
            list(itertools.pairwise("abc")), list(itertools.product([0, 1], repeat=2)))

# %% functools
import functools

@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

@functools.singledispatch
def describe(value):
    return "object"

@describe.register
def _(value: int):
    return "int"

def main():
    return fibonacci(90), functools.reduce(lambda a, b: a * b, range(1, 6)), describe(1), \
        describe("x"), functools.partial(pow, 2)(5), fibonacci.cache_info().misses

# %% heapq_and_bisect
import bisect
import heapq

def main():
    heap = [5, 1, 4]
    heapq.heapify(heap)
    heapq.heappush(heap, 0)
    grades = [bisect.bisect([60, 70, 80], score) for score in (55, 65, 99)]
    return [heapq.heappop(heap) for _ in range(4)], grades, heapq.nlargest(2, [3, 1, 2]), \
        list(heapq.merge([1, 4], [2, 3]))

# %% dijkstra
import heapq

def main():
    graph = {n: {(n * 3 + 1) % 50: 2, (n + 7) % 50: 5} for n in range(50)}
    best, queue = {0: 0}, [(0, 0)]
    while queue:
        cost, node = heapq.heappop(queue)
        if cost > best[node]:
            continue
        for other, weight in graph[node].items():
            if cost + weight < best.get(other, 1 << 30):
                best[other] = cost + weight
                heapq.heappush(queue, (cost + weight, other))
    return sum(best.values()), len(best)

# %% graphlib
import graphlib

def main():
    order = list(graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order())
    return order[0], order[-1], sorted(order)

# %% operator_and_copyreg
import operator

def main():
    rows = [{"a": 2}, {"a": 1}]
    return sorted(rows, key=operator.itemgetter("a")), operator.attrgetter("real")(3), \
        operator.methodcaller("upper")("x")

# %% typing
import typing

class Movie(typing.TypedDict):
    name: str

T = typing.TypeVar("T")

class Box(typing.Generic[T]):
    def __init__(self, item: T):
        self.item = item

@typing.runtime_checkable
class Sized(typing.Protocol):
    def __len__(self) -> int: ...

def main():
    return typing.get_type_hints(Box.__init__)["item"].__name__, isinstance([], Sized), \
        Movie(name="x"), str(typing.Optional[int]), Box[int](3).item

# %% abc_and_protocols
import abc
import collections.abc

class Base(abc.ABC):
    @abc.abstractmethod
    def run(self): ...

def main():
    try:
        Base()
    except TypeError:
        return isinstance({}, collections.abc.Mapping), Base.__abstractmethods__ == {"run"}

# %% ast
import ast

class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Constant(node.value * 2)

def main():
    tree = ast.fix_missing_locations(Doubler().visit(ast.parse("1 + 2", mode="eval")))
    return eval(compile(tree, "<ast>", "eval")), ast.unparse(tree), ast.literal_eval("[1, {'a': 2}]")

# %% dis
import dis
import io

def main():
    out = io.StringIO()
    dis.dis(lambda x: x + 1, file=out)
    return "BINARY_OP" in out.getvalue(), any(i.opname.startswith("RETURN") for i in dis.get_instructions(main))

# %% inspect
import inspect

def sample(a, /, b: int = 2, *, c=None) -> str:
    """Docs."""

def main():
    return str(inspect.signature(sample)), inspect.getdoc(sample), inspect.isfunction(sample), \
        inspect.currentframe().f_code.co_name, "Docs." in inspect.getsource(sample)

# %% traceback
import sys
import traceback

def main():
    try:
        {}["x"]
    except KeyError:
        text = traceback.format_exc()
        depth = len(traceback.extract_tb(sys.exc_info()[2]))
    return text.splitlines()[0], text.splitlines()[-1], depth

# %% tracemalloc
import tracemalloc

def main():
    tracemalloc.start()
    data = [bytes(1000) for _ in range(1000)]
    current, peak = tracemalloc.get_traced_memory()
    top = tracemalloc.take_snapshot().statistics("lineno")
    tracemalloc.stop()
    return current > 1_000_000, peak >= current, len(top) > 0, len(data)

# %% gc
import gc

def main():
    before = gc.get_count()
    cycles = [[] for _ in range(100)]
    for item in cycles:
        item.append(item)
    del cycles, item
    return gc.collect() >= 99, len(before), gc.isenabled()

# %% logging
import io
import logging
import logging.handlers

def main():
    out = io.StringIO()
    logger = logging.getLogger("corpus")
    logger.propagate = False
    for handler in (logging.StreamHandler(out), logging.handlers.RotatingFileHandler("log", maxBytes=200, backupCount=1)):
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger.addHandler(handler)
    for n in range(20):
        logger.warning("message %d", n)
    return len(out.getvalue().splitlines()), open("log").read().splitlines()[-1]

# %% logging_basic_config
import logging

def main():
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(threadName)s %(message)s", force=True)
    logging.info("to stderr")
    logging.getLogger(__name__).exception("no exception")
    return logging.getLevelName(20)

# %% logging_queue
import logging.handlers
import queue

def main():
    records = []
    class Keep(logging.Handler):
        def emit(self, record):
            records.append(record.getMessage())
    pipe = queue.Queue()
    listener = logging.handlers.QueueListener(pipe, Keep())
    listener.start()
    logger = logging.getLogger("queued")
    logger.addHandler(logging.handlers.QueueHandler(pipe))
    logger.error("through a queue")
    listener.stop()
    return records

# %% warnings
import warnings

def main():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning)
    return [str(w.message) for w in caught]

# %% unittest
import io
import unittest
from unittest import mock

class Case(unittest.TestCase):
    def test_good(self):
        self.assertEqual(1, 1)
    def test_mock(self):
        with mock.patch("os.getcwd", return_value="/x"):
            import os
            self.assertEqual(os.getcwd(), "/x")
    @unittest.expectedFailure
    def test_bad(self):
        self.assertEqual(1, 2)

def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Case)
    result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    return result.testsRun, result.wasSuccessful(), len(result.expectedFailures)

# %% doctest
import doctest

def double(x):
    """
    >>> double(2)
    4
    """
    return x * 2

def main():
    import sys
    return doctest.testmod(sys.modules[__name__]).failed

# %% unittest_main
import unittest

class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)
    def test_wrong(self):
        self.assertEqual(1 + 1, 3)

def main():
    result = unittest.main(exit=False).result
    return result.testsRun, len(result.failures)

# %% doctest_testmod
import doctest

def double(x):
    """
    >>> double(2)
    4
    >>> double(3)
    7
    """
    return x * 2

def main():
    return list(doctest.testmod())

# %% profiler_of_a_statement
import cProfile

def work():
    return sum(range(100))

def main():
    cProfile.run("work()", "profile")
    with open("profile", "rb") as file:
        return b"work" in file.read()

# %% profiler
import cProfile
import io
import pstats

def main():
    profile = cProfile.Profile()
    profile.runcall(sorted, range(1000))
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("cumtime").print_stats(5)
    return "function calls" in out.getvalue()

# %% trace_functions
import sys

def main():
    lines = []
    def tracer(frame, event, argument):
        lines.append(event)
        return tracer
    sys.settrace(tracer)
    sum([1])
    (lambda: 1)()
    sys.settrace(None)
    return "call" in lines

# %% symtable_and_code
import code
import symtable

def main():
    table = symtable.symtable("def f(a): return a + b", "x", "exec")
    return table.get_children()[0].get_parameters(), code.compile_command("if x:") is None

# %% byte_compilation
import importlib.util
import py_compile
import sys

def main():
    open("made.py", "w").write("VALUE = 42\n")
    py_compile.compile("made.py", cfile="made.pyc")
    spec = importlib.util.spec_from_file_location("made", "made.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.insert(0, ".")
    import made
    return module.VALUE, made.VALUE

# %% runpy_and_pkgutil
import pkgutil
import runpy

def main():
    open("program.py", "w").write("x = 1 + 1\n")
    names = {m.name for m in pkgutil.iter_modules()}
    return runpy.run_path("program.py")["x"], {"json", "asyncio"} <= names

# %% importlib_metadata
import importlib.metadata

def main():
    return importlib.metadata.version("numpy").count("."), "pandas" in {d.name for d in importlib.metadata.distributions()}

# %% importlib_resources
import importlib.resources

def main():
    return importlib.resources.files("json").joinpath("__init__.py").is_file()

# %% platform
import os
import platform
import sys
import sysconfig

def main():
    return (platform.system(), platform.python_implementation(), platform.machine(), sys.platform,
            platform.python_version_tuple()[0], os.uname().sysname, bool(platform.platform()),
            bool(sysconfig.get_paths()["stdlib"]))

# %% resource_limits
import resource

def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 64), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 64

# %% environment
import os

def main():
    os.environ["CORPUS"] = "1"
    os.putenv("OTHER", "2")
    return os.getenv("CORPUS"), os.path.expandvars("$CORPUS"), os.environ.get("MISSING", "default")

# %% identity
import os

def main():
    return os.getpid() > 0, os.getuid() == os.geteuid(), os.getgid() == os.getegid()

# %% argparse
import argparse

def main():
    parser = argparse.ArgumentParser(prog="tool")
    parser.add_argument("--n", type=int, default=3)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(["--n", "5", "a", "b"])
    return options.n, options.names, parser.format_usage()

# %% getopt_and_cmd
import cmd
import getopt
import io

class Shell(cmd.Cmd):
    use_rawinput = False
    def do_hi(self, argument):
        self.stdout.write("hi " + argument)
    def do_end(self, argument):
        return True

def main():
    out = io.StringIO()
    Shell(stdin=io.StringIO("hi you\nend\n"), stdout=out).cmdloop("")
    return getopt.getopt(["-a", "1", "x"], "a:"), "hi you" in out.getvalue()

# %% ctypes_c_library
import ctypes

def main():
    libc = ctypes.CDLL(None)
    libc.strlen.restype = ctypes.c_size_t
    buffer = ctypes.create_string_buffer(b"hello", 10)
    libc.memset(buffer, ord("x"), 2)
    return libc.strlen(b"abc"), buffer.value.decode(), libc.abs(-3)

# %% ctypes_math_library
import ctypes

def main():
    libm = ctypes.CDLL("libm.so.6")
    libm.cos.restype, libm.cos.argtypes = ctypes.c_double, [ctypes.c_double]
    return libm.cos(0.0)

# %% ctypes_structures
import ctypes

class Pair(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int32), ("b", ctypes.c_uint8 * 4)]

def main():
    pair = Pair(7, (1, 2, 3, 4))
    copy = Pair.from_buffer_copy(bytes(pair))
    return ctypes.sizeof(Pair), copy.a, list(copy.b), ctypes.c_uint8(300).value

# %% ctypes_callback
import ctypes

def main():
    libc = ctypes.CDLL(None)
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 5)(5, 1, 4, 2, 3)
    libc.qsort(numbers, 5, ctypes.sizeof(ctypes.c_int), compare(lambda a, b: a[0] - b[0]))
    return list(numbers)

# %% ctypes_many_callbacks
import ctypes

def main():
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    functions = [kind(lambda x, n=n: x + n) for n in range(200)]
    return sum(f(1) for f in functions)

# %% codeop_and_repl_tools
import codeop
import rlcompleter

def main():
    return codeop.compile_command("x = 1") is not None, \
        rlcompleter.Completer({"value": 1}).complete("val", 0)[:5]

# %% state_machine
class Machine:
    table = {("idle", "start"): "running", ("running", "stop"): "idle"}
    def __init__(self):
        self.state, self.history = "idle", []
    def on(self, event):
        self.state = self.table.get((self.state, event), self.state)
        self.history.append(self.state)

def main():
    machine = Machine()
    for event in ("start", "start", "stop", "noise"):
        machine.on(event)
    return machine.history

# %% lru_cache_of_own
class LRU:
    def __init__(self, size):
        self.size, self.items = size, {}
    def get(self, key):
        if key in self.items:
            self.items[key] = self.items.pop(key)
            return self.items[key]
    def put(self, key, value):
        self.items.pop(key, None)
        self.items[key] = value
        if len(self.items) > self.size:
            del self.items[next(iter(self.items))]

def main():
    cache = LRU(2)
    cache.put("a", 1), cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    return list(cache.items)

# %% exit_handlers
import atexit

def main():
    atexit.register(print, "at exit")
    return True

# %% sys_facts
import sys

def main():
    return sys.getrecursionlimit() > 0, sys.byteorder, sys.maxsize, sys.getsizeof([]) > 0, \
        sys.intern("a") == "a", sys.getrefcount(object()) >= 1

# %% getpass_and_pwd
import getpass
import os

def main():
    os.environ["LOGNAME"] = "guest"
    return getpass.getuser()

# %% secrets_of_the_stack
import threading
import traceback

def main():
    out = []
    thread = threading.Thread(target=lambda: out.extend(traceback.format_stack()))
    thread.start()
    thread.join()
    return len(out) > 0

# %% zipimport_and_zipapp
import sys
import zipfile

def main():
    with zipfile.ZipFile("lib.zip", "w") as archive:
        archive.writestr("zipped.py", "NAME = 'zipped'")
    sys.path.insert(0, "lib.zip")
    import zipped
    return zipped.NAME
