# attack: 42
# name: cloning_into_a_namespace_is_refused
# expect: held


def main():
    sigchld, vm, parent = 17, 0x100, 0x8000
    kinds = (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x4000000, 0x8000000, 0x2000000)
    seen = []
    for flags in (*[kind | sigchld for kind in kinds], sigchld, vm | 0x4000 | sigchld,
                  parent | sigchld, 0x3D0F00 | 0x10000000, 0x3D0F00 | 1 << 32, 0x3D0F00 & ~0x10000):
        result, error = syscall("clone", flags, 0, 0, 0, 0)
        if result == 0:
            os._exit(7)  # the child that must not be
        seen.append(error or f"{flags:#x} returned {result}")
    return verdict(set(seen) <= set(REFUSALS), sorted(set(seen)))
