# attack: 8
# name: unmounting_is_refused
# expect: held


def main():
    detach, expire, nofollow = 2, 4, 8
    return all_refused(*[("umount2", path, flags)
                         for path in (b"/", b"/scratch", b"/dev/null", b"/dev/zero", b"/.old")
                         for flags in (0, detach, expire, nofollow)])
