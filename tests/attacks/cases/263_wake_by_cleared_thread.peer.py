import ctypes
import struct
import time


def main():
    descriptor = os.open(guest("lib64/ld-linux-x86-64.so.2"), os.O_RDONLY)
    page, error = syscall("mmap", None, 1 << 16, 1, 1, descriptor, 0)
    if error:
        return verdict(True, "no shared mapping")
    word = page + ctypes.string_at(page, 1 << 16).find(bytes(8), 64) // 4 * 4 + 4
    now = time.monotonic_ns() + 2_500_000_000
    until = ctypes.create_string_buffer(struct.pack("qq", now // 10**9, now % 10**9))
    result, failed = syscall("futex", word, 9, 0, until, None, -1)
    return verdict(failed, failed or f"woken by another cell ({result})")
