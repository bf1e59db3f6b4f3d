# attack: 252
# name: deleted_files_that_stay_open_count_too
# expect: held | kind=memory
# expect-fallback: status=200 | held | kind=cpu_time | kind=wall_time -- no tmpfs: 64 MB a file, the total is bounded by time alone


def main():
    kept, written = [], 0
    try:
        while written < 1 << 30:
            descriptor = os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
            kept.append(descriptor)
            for _ in range(4):
                written += os.write(descriptor, bytes(1 << 20))
    except OSError as error:
        return verdict(error.errno in (errno.ENOSPC, errno.EMFILE) and written <= 64 << 20,
                       f"{errno.errorcode[error.errno]} after {written >> 20} MB")
    return verdict(False, f"{written >> 20} MB")
