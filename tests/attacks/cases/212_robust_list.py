# attack: 212
# name: a_robust_list_in_shared_memory_harms_nobody
# expect: held | kind=crash
# next: held
import ctypes
import mmap
import struct
import threading


def main():
    area = mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))

    def end_with_bad_list():
        # A ring of entries that never ends, and a pending one in read-only text.
        for at in range(0, 2048, 16):
            struct.pack_into("QQ", area, at, address + (at + 16) % 2048, 0)
        struct.pack_into("QqQ", area, 2048, address, -8, ctypes.cast(c_library().malloc,
                                                                     ctypes.c_void_p).value)
        syscall("set_robust_list", ctypes.c_void_p(address + 2048), 24)

    threads = [threading.Thread(target=end_with_bad_list) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wild = syscall("set_robust_list", ctypes.c_void_p(-4096), 24)
    return verdict(True, f"threads ended, {wild}")
