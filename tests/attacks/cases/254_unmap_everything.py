# attack: 254
# name: unmapping_its_own_memory_ends_only_the_run
# expect: status=422 kind=crash within=5
# next: held
import ctypes


def main():
    syscall("munmap", ctypes.c_void_p(0x10000), 0x7FFF00000000)
    return 1
