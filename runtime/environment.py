"""The environment that every script starts with; a request can add to it."""

import os
import time

MINIMAL = {
    "HOME": "/scratch/work",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin",
    "TMPDIR": "/tmp",
    "TZ": "UTC",
    # One thread each: a cell has one core's worth of time, and the zygote must have one thread when
    # it clones. numpy reads these as it is imported; a library that a script imports late, too.
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def reset_environment():
    if dict(os.environ) == MINIMAL:
        return  # each putenv() writes to memory that the cell shares until then
    os.environ.clear()
    os.environ.update(MINIMAL)
    time.tzset()
