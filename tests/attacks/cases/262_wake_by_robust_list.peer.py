import ctypes
import struct
import time


def main():
    descriptor = os.open(guest("lib64/ld-linux-x86-64.so.2"), os.O_RDONLY)
    page, error = syscall("mmap", None, 1 << 16, 1, 1, descriptor, 0)
    if error:
        return verdict(True, "no shared mapping")
    word = page + ctypes.string_at(page, 1 << 16).find(bytes(8), 64) // 4 * 4 + 4
    wait_bitset = 9
    outcomes = []
    for _ in range(10):
        now = time.monotonic_ns() + 150_000_000
        until = ctypes.create_string_buffer(struct.pack("qq", now // 10**9, now % 10**9))
        result, failed = syscall("futex", word, wait_bitset, 0, until, None, -1)
        outcomes.append(failed or f"woken ({result})")
    woken = [outcome for outcome in outcomes if outcome.startswith("woken")]
    return verdict(not woken, f"{len(woken)} times woken by another cell" if woken else outcomes[0])
