# attack: 90
# name: reserved_huge_pages_are_refused
# expect: held


def main():
    map_hugetlb = 0x40000
    outcomes = [syscall("mmap", None, 2 << 20, 3, 0x22 | map_hugetlb | size << 26, -1, 0)
                for size in (0, 21, 30)]
    outcomes.append(syscall("memfd_create", b"huge", 4))
    return verdict(all(error in (*REFUSALS, "ENOMEM") for _, error in outcomes),
                   [error or "granted" for _, error in outcomes])
