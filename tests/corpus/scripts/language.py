# The language itself: what nearly every script is made of.

# %% hello
def main():
    print("hello")
    return "hello"

# %% arguments_and_defaults
def add(a, b=2, *rest, scale=1, **more):
    return (a + b + sum(rest)) * scale + len(more)

def main():
    return [add(1), add(1, 3), add(1, 2, 3, 4), add(1, scale=10), add(1, x=1, y=2)]

# %% comprehensions
def main():
    squares = {n: n * n for n in range(10) if n % 2}
    return {"squares": squares, "set": sorted({n % 3 for n in range(9)}),
            "nested": [[x * y for x in range(3)] for y in range(3)]}

# %% generators
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b

def main():
    from itertools import islice
    return list(islice(fibonacci(), 50))

# %% generator_send_throw_close
def accumulator(log):
    total = 0
    try:
        while True:
            try:
                total += yield total
            except ValueError:
                total = 0
    finally:
        log.append("closed")

def main():
    log = []
    it = accumulator(log)
    next(it)
    values = [it.send(5), it.send(7), it.throw(ValueError()), it.send(1)]
    it.close()
    return values, log

# %% closures_and_nonlocal
def main():
    def counter():
        n = 0
        def step():
            nonlocal n
            n += 1
            return n
        return step
    a, b = counter(), counter()
    return [a(), a(), b(), a()]

# %% decorators
import functools

def twice(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(function(*args))
    return wrapper

@twice
def grow(x):
    """Adds one."""
    return x + 1

def main():
    return grow(1), grow.__name__, grow.__doc__

# %% classes_and_inheritance
class Shape:
    def area(self):
        raise NotImplementedError
    def __lt__(self, other):
        return self.area() < other.area()

class Square(Shape):
    def __init__(self, side):
        self.side = side
    def area(self):
        return self.side ** 2

class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius
    def area(self):
        return round(3.14159 * self.radius ** 2, 3)

def main():
    return [s.area() for s in sorted([Square(3), Circle(1), Square(1)])]

# %% metaclass_and_descriptor
class Registry(type):
    names = []
    def __new__(mcs, name, bases, body):
        mcs.names.append(name)
        return super().__new__(mcs, name, bases, body)

class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, instance, owner):
        return getattr(instance, self.name)
    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(value)
        setattr(instance, self.name, value)

class Account(metaclass=Registry):
    balance = Positive()

def main():
    account = Account()
    account.balance = 5
    try:
        account.balance = -1
    except ValueError as error:
        return account.balance, str(error), Registry.names

# %% dataclasses
from __future__ import annotations
import dataclasses

@dataclasses.dataclass(order=True, frozen=True)
class Point:
    x: int
    y: int = 0
    tags: list[str] = dataclasses.field(default_factory=list, compare=False)

def main():
    points = sorted([Point(2), Point(1, 5), Point(1, 2, ["a"])])
    return [dataclasses.asdict(p) for p in points], repr(dataclasses.replace(points[0], y=9))

# %% enums
import enum

class Color(enum.Enum):
    RED = 1
    GREEN = enum.auto()

class Right(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()

def main():
    return [c.name for c in Color], Color(1).name, (Right.READ | Right.WRITE).value

# %% pattern_matching
def kind(value):
    match value:
        case {"type": "circle", "r": r}:
            return f"circle {r}"
        case [first, *_] if first > 3:
            return "long"
        case [_, _]:
            return "pair"
        case str() as text:
            return text.upper()
        case _:
            return "other"

def main():
    return [kind(v) for v in ({"type": "circle", "r": 2}, [9, 1, 1], [1, 2], "x", None)]

# %% exceptions_chained
def main():
    try:
        try:
            {}["missing"]
        except KeyError as error:
            raise RuntimeError("outer") from error
    except RuntimeError as error:
        return type(error.__cause__).__name__, str(error)
    finally:
        print("finally")

# %% exception_groups
def main():
    seen = []
    try:
        raise ExceptionGroup("many", [ValueError(1), TypeError(2), ValueError(3)])
    except* ValueError as group:
        seen.append(["ValueError", len(group.exceptions)])
    except* TypeError as group:
        seen.append(["TypeError", len(group.exceptions)])
    return seen

# %% context_managers
import contextlib

@contextlib.contextmanager
def tag(name, out):
    out.append(f"<{name}>")
    yield
    out.append(f"</{name}>")

def main():
    out = []
    with contextlib.ExitStack() as stack:
        for name in "abc":
            stack.enter_context(tag(name, out))
        with contextlib.suppress(ZeroDivisionError):
            1 / 0
    return out

# %% big_integers
import math

def main():
    return len(str(math.factorial(500))), pow(3, 1000, 10**9 + 7), (2**521 - 1) % 1000003

# %% sorting_and_keys
def main():
    words = "the quick brown fox jumps over the lazy dog".split()
    return sorted(words, key=lambda w: (len(w), w)), sorted(range(1000), key=lambda n: n * 7919 % 1000)[:5]

# %% deep_recursion
import sys

def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)

def main():
    sys.setrecursionlimit(5000)
    return depth(4000)

# %% recursion_error
def forever():
    return forever()

def main():
    try:
        forever()
    except RecursionError as error:
        return str(error)[:23]

# %% memory_error
def main():
    try:
        "x" * (1 << 62)
    except MemoryError:
        return "MemoryError"

# %% large_allocation_and_free
def main():
    total = 0
    for size in (1 << 16, 1 << 20, 1 << 24):
        block = bytearray(size)
        block[-1] = 1
        total += len(block)
        del block
    return total

# %% growing_list
def main():
    items = []
    for n in range(300_000):
        items.append(n)
    return sum(items), len(items)

# %% strings_and_formatting
def main():
    value = 1234567.891
    return [f"{value:,.2f}", f"{value:e}", f"{255:#x}", f"{'mid':^9}|", f"{0.5:%}", "%05d" % 42,
            "{0}-{1}-{0}".format("a", "b"), f"{value=}"]

# %% bytes_and_memoryview
def main():
    data = bytearray(b"abcdef")
    view = memoryview(data)[2:4]
    view[:] = b"XY"
    return data.decode(), bytes(view).hex(), int.from_bytes(b"\x01\x00", "big")

# %% unpacking_and_star
def main():
    first, *middle, last = range(6)
    merged = {**{"a": 1}, "b": 2} | {"c": 3}
    return first, middle, last, merged, [*range(2), *"ab"]

# %% weak_references_and_del
import gc
import weakref

class Node:
    def __del__(self):
        gone.append(1)

gone = []

def main():
    node = Node()
    node.self = node
    ref = weakref.ref(node)
    del node
    gc.collect()
    return ref() is None, gone

# %% globals_and_exec
def main():
    space = {}
    exec("def f(x):\n    return x * 2", space)
    return space["f"](21), eval("1 + 2"), sorted(k for k in ("main", "nope") if k in globals())

# %% operators_overloaded
class Vector:
    def __init__(self, *parts):
        self.parts = parts
    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.parts, other.parts)))
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.parts, other.parts))
    def __iter__(self):
        return iter(self.parts)

def main():
    return list(Vector(1, 2) + Vector(3, 4)), Vector(1, 2) @ Vector(3, 4)

# %% async_main
import asyncio

async def main():
    await asyncio.sleep(0)
    return "awaited"

# %% print_to_both_streams
import sys

def main():
    for n in range(200):
        print("line", n)
    print("warning", file=sys.stderr, flush=True)
    sys.stdout.write("no newline")
    return True

# %% standard_input
import sys

def main():
    return sys.stdin.read(), sys.stdin.isatty()
