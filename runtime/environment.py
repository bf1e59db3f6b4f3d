"""The environment that every script starts with; a request can add to it."""

import os
import sys
import time

MINIMAL = {
    "HOME": "/scratch/work",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",  # matplotlib draws into memory; there is no display
    "MPLCONFIGDIR": "/tmp/matplotlib",  # not in the working directory, which is the script's
    "PATH": "/usr/bin",
    "TMPDIR": "/tmp",
    "TZ": "UTC",
    # One thread each: a cell has one core's worth of time, and the zygote must have one thread when
    # it clones. numpy reads these during its import, as do libraries that a script imports late.
    # Arrow's allocator would start a thread of its own.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# If the guest's root is not /, /usr/share/zoneinfo is the host's, which no cell can open.
if sys.prefix != "/usr":
    MINIMAL["TZDIR"] = MINIMAL["PYTHONTZPATH"] = sys.prefix + "/share/zoneinfo"


def reset_environment():
    if dict(os.environ) == MINIMAL:
        return  # putenv() would write to memory that the cell shares with its zygote
    os.environ.clear()
    os.environ.update(MINIMAL)
    time.tzset()
