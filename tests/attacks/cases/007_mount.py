# attack: 7
# name: mounting_is_refused
# expect: held


def main():
    os.mkdir("point")
    ms_bind, ms_remount, ms_move, ms_rec_shared = 4096, 32, 8192, 16384 | (1 << 20)
    return all_refused(
        ("mount", b"t", b"point", b"tmpfs", 0, None),
        ("mount", b"proc", b"point", b"proc", 0, None),
        ("mount", b"/", b"point", None, ms_bind, None),
        ("mount", None, b"/", None, ms_remount | ms_bind, None),
        ("mount", b"/scratch", b"point", None, ms_move, None),
        ("mount", None, b"/", None, ms_rec_shared, None))
