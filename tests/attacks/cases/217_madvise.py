# attack: 217
# name: advice_that_others_could_feel_is_refused
# expect: held


def main():
    page, _ = syscall("mmap", None, 1 << 16, 3, 0x22, -1, 0)
    # REMOVE, MERGEABLE, HWPOISON, SOFT_OFFLINE, DONTFORK, DONTDUMP, WIPEONFORK, COLD, PAGEOUT,
    # POPULATE_READ, POPULATE_WRITE, COLLAPSE, GUARD_INSTALL
    kinds = (9, 12, 100, 101, 10, 16, 18, 20, 21, 22, 23, 25, 102)
    return all_refused(*[("madvise", page, 1 << 16, kind) for kind in kinds])
