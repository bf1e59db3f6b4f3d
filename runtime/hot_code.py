"""Moves the Python code that common scripts run to contiguous memory.

CPython writes to a function's code while it runs (the counters of its inline caches, from 3.11 on), so each
function that a script calls can cost a cell a private page. The functions of the standard library, numpy and
pandas are all over the image, a few on each huge page, which the cell then splits. Copies of their code,
created one after another, need only a few pages.

Zygote, between the first trusted scripts and their rehearsal. A script can notice it only by the address of a
code object.
"""

import gc
import sys
import types

_ran = {}  # by id: two functions may have equal code, and each has its own counters
_replaced = []  # never freed: that would leave holes all over the image


def watch():
    """Records calls from here to the end of the run, which removes any profile function."""
    sys.setprofile(_note)


def _note(frame, event, _):
    if event == "call":
        _ran[id(frame.f_code)] = frame.f_code


def lay_side_by_side(unwatched):
    """Copies the recorded code, and that of the given functions."""
    for function in unwatched:
        _ran[id(function.__code__)] = function.__code__
    gc.unfreeze()  # get_objects() omits frozen objects
    functions = {}
    for one in gc.get_objects():
        if type(one) is types.FunctionType and id(one.__code__) in _ran:
            functions.setdefault(id(one.__code__), []).append(one)
    copies = {}
    for key in _ran:  # in the order of their first calls, so that code that runs together is together
        for function in functions.get(key, ()):
            function.__code__ = _copy(function.__code__, copies)
    _replaced.extend(_ran.values())
    _ran.clear()


def _copy(code, copies):
    if id(code) not in copies:
        # Also the code of functions that it creates: inner functions, lambdas, comprehensions.
        constants = tuple(
            _copy(constant, copies) if id(constant) in _ran else constant for constant in code.co_consts
        )
        copies[id(code)] = code.replace(co_consts=constants)
    return copies[id(code)]
