# attack: 6
# name: chroot_is_refused
# expect: held


def main():
    os.mkdir("jail")
    return all_refused(("chroot", b"jail"), ("chroot", b"."), ("chroot", b"/"))
