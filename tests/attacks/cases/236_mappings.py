# attack: 236
# name: mappings_without_end_are_bounded
# expect: held | kind=memory
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
import ctypes


def main():
    mmap = c_library().mmap  # looked up once: there are 65,000 calls to make
    mmap.restype = ctypes.c_ssize_t
    mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    made = 0
    while made < 1_000_000:
        # Every other one read-only, so that neighbours do not merge.
        if mmap(None, 4096, 1 + 2 * (made % 2), 0x22, -1, 0) == -1:
            error = errno.errorcode.get(ctypes.get_errno(), "?")
            return verdict(error == "ENOMEM" and made < 200_000, f"{error} after {made}")
        made += 1
    return verdict(False, f"{made} mappings")
