# attack: 235
# name: page_tables_are_charged
# expect: kind=memory | held
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
import ctypes


def main():
    # Read-only mappings count for no rlimit; each touched page of a sparse one costs a table.
    size = 1 << 40
    area, error = syscall("mmap", None, size, 1, 0x4022, -1, 0)
    if error:
        return verdict(True, error)
    for at in range(0, 400_000):
        ctypes.string_at(area + at * (2 << 20), 1)
    return verdict(False, "400,000 page tables, 1.6 GB")
