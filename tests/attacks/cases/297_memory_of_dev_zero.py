# attack: 297
# name: memory_of_dev_zero_counts
# expect: held | kind=memory
# limits: {"wall_time_s": 9, "cpu_time_s": 6}
import ctypes

STEP, MOST = 16 << 20, 256 << 20


def main():
    # Mapped to be shared, the device gives the same memory as an anonymous mapping.
    try:
        zero = os.open("/dev/zero", os.O_RDWR)
    except OSError as error:
        return verdict(True, errno.errorcode[error.errno])
    held = []
    while len(held) * STEP < MOST:
        area, error = syscall("mmap", None, STEP, 3, 1, zero, 0)
        if error:
            return verdict(True, f"{error} after {len(held) * STEP >> 20} MB")
        ctypes.memset(area, len(held) + 1, STEP)
        syscall("madvise", area, STEP, 4)
        held.append(area)
    kept = [ctypes.string_at(area + 4096, 1) == bytes([n + 1]) for n, area in enumerate(held)]
    return verdict(not all(kept), f"{sum(kept) * STEP >> 20} MB were kept")
