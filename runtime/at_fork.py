"""Keeps at-fork functions that no cell needs from being registered while the zygote imports.

Those of the modules below make locks anew that another thread could have held, seed `random`, and forget
asyncio's running loop. The zygote has one thread, which holds none of these locks and runs no loop when it
clones, and the host seeds every generator itself (reseed.py): all that they would do in a cell is to write
to 40 pages of its own, for a tenth of what a small run costs. What any other library registers is kept.

Runs in the zygote: loaded before anything else imports them; restore() once all is imported.
"""

import os
import sys

NEEDLESS_IN = {"asyncio.events", "concurrent.futures.thread", "logging", "random", "threading"}

_register = os.register_at_fork


def _register_if_needed(**functions):
    if sys._getframe(1).f_globals.get("__name__") not in NEEDLESS_IN:
        _register(**functions)


def restore():
    os.register_at_fork = _register


os.register_at_fork = _register_if_needed
