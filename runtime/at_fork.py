"""Prevents the registration of at-fork functions that no cell needs, while the zygote imports.

Those of the modules below recreate locks that another thread could hold, seed `random`, and reset asyncio's
running loop. The zygote has one thread, which holds none of these locks and runs no loop when it clones, and
the host seeds every generator itself (reseed.py). In a cell they would only write to 40 pages, which is a
tenth of the cost of a small run. Functions that other libraries register are kept.

A session's process is copied while a script's threads may hold these locks: forget_threads() does for the
copy what was left out.

Zygote: loaded before anything else imports these modules; restore() after all imports.
"""

import _thread
import contextlib
import os
import sys

NEEDLESS_IN = {"asyncio.events", "concurrent.futures.thread", "logging", "random", "threading"}

_register = os.register_at_fork
_left_out = []  # of the functions for a child


def _register_if_needed(**functions):
    if sys._getframe(1).f_globals.get("__name__") not in NEEDLESS_IN:
        _register(**functions)
    elif "after_in_child" in functions:
        _left_out.append(functions["after_in_child"])


def forget_threads():
    """In a copy of a process that runs scripts."""
    if _thread._count() == 0:  # as many as ran when the copy was made
        return
    for function in _left_out:
        with contextlib.suppress(Exception):
            function()


def restore():
    os.register_at_fork = _register


os.register_at_fork = _register_if_needed
