# attack: 263
# name: a_crashing_thread_wakes_nobody_in_another_cell
# expect: kind=crash | held
# peer: held
# limits: {"wall_time_s": 8}
import ctypes
import struct
import time


def main():
    descriptor = os.open(guest("lib64/ld-linux-x86-64.so.2"), os.O_RDONLY)
    page, error = syscall("mmap", None, 1 << 16, 1, 1, descriptor, 0)
    if error:
        return verdict(True, "no shared mapping")
    word = page + ctypes.string_at(page, 1 << 16).find(bytes(8), 64) // 4 * 4 + 4
    time.sleep(1)  # the peer waits by now
    # A thread as pthread_create(3) makes it, but the word that the kernel clears and wakes when it
    # ends lies in the library. Its stack holds no way back: it dies, and all of the run with it.
    stack = ctypes.create_string_buffer(1 << 16)
    top = (ctypes.addressof(stack) + (1 << 15)) & ~15
    parent_id = ctypes.c_int()
    c = c_library()
    c.pthread_self.restype = ctypes.c_size_t
    result = syscall("clone", 0x3D0F00, ctypes.c_void_p(top), ctypes.byref(parent_id),
                     ctypes.c_void_p(word), ctypes.c_void_p(c.pthread_self()))
    time.sleep(2)
    return verdict(True, result)
