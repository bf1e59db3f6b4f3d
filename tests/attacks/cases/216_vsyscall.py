# attack: 216
# name: the_vsyscall_page_gives_nothing_more
# expect: held | kind=syscall | kind=crash
# expect-fallback: kind=cpu_time -- gVisor comes back to the refused page without end; the limit ends it
import ctypes


def main():
    # time(2) by way of the legacy page: the filter is asked here as well.
    legacy_time = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(0xFFFFFFFFFF600400)
    result = legacy_time(None)
    return verdict(result < 0, result)
