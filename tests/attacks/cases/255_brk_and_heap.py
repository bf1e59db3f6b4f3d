# attack: 255
# name: a_spoiled_heap_ends_only_the_run
# expect: status=422 within=8 | status=200 within=8
# limits: {"wall_time_s": 5, "cpu_time_s": 3}
# next: held
import ctypes


def main():
    end = syscall("brk", 0)[0]
    for at in range(1, 4_000_000, 64):
        ctypes.c_uint64.from_address((end - at) & ~7).value = 0x4141414141414141
    return ["x" * n for n in range(10_000)]
