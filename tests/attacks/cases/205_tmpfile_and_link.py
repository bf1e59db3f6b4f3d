# attack: 205
# name: an_unnamed_file_cannot_be_linked_outside_the_scratch
# expect: held


def main():
    try:
        unnamed = os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
    except OSError as error:
        return verdict(error.errno in (errno.EISDIR, errno.EOPNOTSUPP), "there are no unnamed files")
    os.write(unnamed, b"payload")
    empty_path = 0x1000
    judged = all_refused(*[("linkat", unnamed, b"", AT_FDCWD, target, empty_path)
                           for target in (b"/usr/lib/x", b"/x", b"/lib/x")], also=("EROFS", "ENOENT"))
    outside = raises(lambda: os.link("/tmp", "/usr/y"), lambda: os.symlink("/tmp", "/usr/z"))
    return verdict(judged["held"] and outside["held"], judged["saw"])
