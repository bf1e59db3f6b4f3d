"""Lays the Python code that common scripts run side by side in memory.

CPython counts in a function's code as it runs it (the counters of its inline caches, from 3.11 on), so
each function that a script goes through costs a cell a page of its own, and those of the standard
library, numpy and pandas lie all over the image, a few on each huge page, which the cell then splits.
Copies of their code, made one after another, lie on a few pages.

Runs in the zygote, between the first trusted scripts and their rehearsal. A script can tell only by the
address of a code object.
"""

import gc
import sys
import types

_ran = {}  # by id: two functions may have equal code, and each counts in its own
_replaced = []  # kept for good: freed, they would leave holes all over the image


def watch():
    """From here to the end of the run, which takes any profile function away."""
    sys.setprofile(_note)


def _note(frame, event, _):
    if event == "call":
        _ran[id(frame.f_code)] = frame.f_code


def lay_side_by_side(unwatched):
    """What was seen, and the code of these functions."""
    for function in unwatched:
        _ran[id(function.__code__)] = function.__code__
    gc.unfreeze()  # what is frozen is not among get_objects()
    functions = {}
    for one in gc.get_objects():
        if type(one) is types.FunctionType and id(one.__code__) in _ran:
            functions.setdefault(id(one.__code__), []).append(one)
    copies = {}
    for key in _ran:  # in the order in which they ran first: what runs together lies together
        for function in functions.get(key, ()):
            function.__code__ = _copy(function.__code__, copies)
    _replaced.extend(_ran.values())
    _ran.clear()


def _copy(code, copies):
    if id(code) not in copies:
        # Of what this code makes functions from, too: inner functions, lambdas, comprehensions.
        constants = tuple(
            _copy(constant, copies) if id(constant) in _ran else constant for constant in code.co_consts
        )
        copies[id(code)] = code.replace(co_consts=constants)
    return copies[id(code)]
