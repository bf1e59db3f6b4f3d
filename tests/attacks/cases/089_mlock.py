# attack: 89
# name: memory_cannot_be_pinned
# expect: held


def main():
    page, _ = syscall("mmap", None, 1 << 20, 3, 0x22, -1, 0)
    map_locked = syscall("mmap", None, 1 << 20, 3, 0x2022, -1, 0)
    judged = all_refused(("mlock", page, 1 << 20), ("mlock2", page, 4096, 1), ("mlockall", 7),
                         also=("ENOMEM",))
    return verdict(judged["held"] and map_locked[0] == -1, f"{judged['saw']}, mmap {map_locked[1]}")
