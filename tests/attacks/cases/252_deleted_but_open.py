# attack: 252
# name: deleted_files_that_stay_open_count_too
# expect: held | kind=memory
# expect-fallback: kind=memory | status=200 -- no tmpfs: counted where the supervisor may see descriptors of others (CAP_SYS_PTRACE), else 64 MB each


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
