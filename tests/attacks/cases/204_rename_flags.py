# attack: 204
# name: exchanging_and_whiteout_renames_are_refused
# expect: held


def main():
    for name in ("one", "two"):
        with open(name, "w") as file:
            file.write(name)
    exchange, whiteout = 2, 4
    return all_refused(*[("renameat2", AT_FDCWD, b"one", AT_FDCWD, target, flags)
                         for target in (b"two", b"/usr/lib", b"/tmp")
                         for flags in (exchange, whiteout)])
