"""Runs a command on a kernel without Landlock, as gVisor and kernels before 5.13 are: a filter of
system calls answers ENOSYS to it, for the command and all that it starts.

    without_landlock.py COMMAND ARGUMENT...
"""

import ctypes
import errno
import os
import struct
import sys

LANDLOCK_CREATE_RULESET = 444
LAST_LANDLOCK_CALL = 446
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x0005_0000, 0x7FFF_0000
LOAD_NUMBER, JUMP_IF_AT_LEAST, JUMP_IF_ABOVE, RETURN = 0x20, 0x35, 0x25, 0x06


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, value)


def refuse_landlock():
    code = b"".join((
        instruction(LOAD_NUMBER, 0),  # the call's number, of whatever architecture
        instruction(JUMP_IF_AT_LEAST, LANDLOCK_CREATE_RULESET, 0, 2),
        instruction(JUMP_IF_ABOVE, LAST_LANDLOCK_CALL, 1, 0),
        instruction(RETURN, SECCOMP_RET_ERRNO | errno.ENOSYS),
        instruction(RETURN, SECCOMP_RET_ALLOW),
    ))
    program = Program(len(code) // 8, code)
    c_library = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 and c_library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if c_library.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    refuse_landlock()
    os.execvp(sys.argv[1], sys.argv[1:])
