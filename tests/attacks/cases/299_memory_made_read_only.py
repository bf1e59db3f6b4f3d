# attack: 299
# name: memory_that_was_made_read_only_still_counts
# expect: kind=memory
# limits: {"wall_time_s": 9, "cpu_time_s": 6}
import ctypes
import time

STEP, MOST = 16 << 20, 1 << 30


def main():
    # What cannot be written to is no data of the run, says RLIMIT_DATA.
    filled = 0
    while filled < MOST:
        area, error = syscall("mmap", None, STEP, 3, 0x22, -1, 0)
        if error:
            break
        ctypes.memset(area, 1, STEP)
        syscall("mprotect", area, STEP, 1)
        filled += STEP
    time.sleep(1)  # whoever counts what is there has had its look
    return verdict(False, f"{filled >> 20} MB were filled")
