# attack: 81
# name: ten_gigabytes_at_once_are_a_memory_error
# expect: held


def main():
    import mmap

    seen = []
    for ask in (lambda: bytearray(10 << 30), lambda: "x" * (10 << 30), lambda: [0] * (1 << 31),
                lambda: mmap.mmap(-1, 10 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)):
        try:
            ask()
            seen.append("granted")
        except (MemoryError, OSError) as error:
            seen.append(type(error).__name__)
    return verdict("granted" not in seen, seen)
