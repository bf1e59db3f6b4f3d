# attack: 262
# name: a_threads_end_wakes_nobody_in_another_cell
# expect: held
# peer: held
# limits: {"wall_time_s": 8}
import ctypes
import struct
import threading
import time


def zero_word():
    """(address, file offset) of a zero in a library's file, mapped shared: a futex by its inode."""
    descriptor = os.open(guest("lib64/ld-linux-x86-64.so.2"), os.O_RDONLY)
    page, error = syscall("mmap", None, 1 << 16, 1, 1, descriptor, 0)
    if error:
        return None
    return page + ctypes.string_at(page, 1 << 16).find(bytes(8), 64) // 4 * 4 + 4


def main():
    word = zero_word()
    if word is None:
        return verdict(True, "no shared mapping")
    # The kernel looks at the robust list of a thread that ends. A pending entry whose word is zero
    # is woken, across processes, and nothing is written: a read-only page will do.
    heads = []

    def end():
        head = ctypes.create_string_buffer(24)
        heads.append(head)
        struct.pack_into("QqQ", head, 0, ctypes.addressof(head), 0, word)
        syscall("set_robust_list", head, 24)

    finish = time.monotonic() + 3
    while time.monotonic() < finish:
        thread = threading.Thread(target=end)
        thread.start()
        thread.join()
        time.sleep(0.01)
    return verdict(True, f"{len(heads)} threads ended; the peer judges")
