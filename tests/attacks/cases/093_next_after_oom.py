# attack: 93
# name: the_run_after_an_out_of_memory_succeeds
# expect: kind=memory
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
# next: held
import ctypes

STEP = 4 << 20


def main():
    # Read-only memory is no data: RLIMIT_DATA refuses nothing, and the run is killed.
    for _ in range(0, 400 << 20, STEP):
        area, _ = syscall("mmap", None, STEP, 3, 0x22, -1, 0)
        ctypes.memset(area, 1, STEP)
        syscall("mprotect", area, STEP, 1)
    return verdict(False, "400 MB were filled")
