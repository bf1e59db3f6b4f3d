"""Makes os.system() raise where no process can be started, as subprocess does.

The C library's system() returns the status of a shell that was not found then, 127, and a script that does not
look at it goes on as if its command had run. Zygote, before the first clone.
"""

import errno
import os
import posix

_NOT_STARTED = 127 << 8

# Commands that clear a terminal's screen: there is none, and scripts that call them do well without.
_OF_SCREENS = {"clear", "cls", "reset"}

_system = posix.system


def system(command):
    """Execute the command in a subshell."""
    status = _system(command)
    if status == _NOT_STARTED and not _is_of_screens(command):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
    return status


def _is_of_screens(command):
    return _OF_SCREENS.issuperset(os.fsdecode(command).replace("||", " ").replace(";", " ").split())


def replace_system():
    # Found under its old name by pickle and by inspect.
    system.__module__ = posix.__name__
    posix.system = os.system = system
