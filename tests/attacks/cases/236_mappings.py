# attack: 236
# name: mappings_without_end_are_bounded
# expect: held | kind=memory
# limits: {"wall_time_s": 8, "cpu_time_s": 6}


def main():
    made = 0
    while made < 1_000_000:
        # Every other one read-only, so that neighbours do not merge.
        result, error = syscall("mmap", None, 4096, 1 + 2 * (made % 2), 0x22, -1, 0)
        if error:
            return verdict(error == "ENOMEM" and made < 200_000, f"{error} after {made}")
        made += 1
    return verdict(False, f"{made} mappings")
