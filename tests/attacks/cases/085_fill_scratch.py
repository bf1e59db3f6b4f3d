# attack: 85
# name: the_scratch_is_bounded_and_charged
# expect: held | kind=memory
# expect-fallback: status=200 | held | kind=cpu_time | kind=wall_time -- no tmpfs: 64 MB a file, the total is bounded by time alone


def main():
    written, seen = 0, ""
    piece = bytes(1 << 20)
    for name in range(100):
        try:
            with open(f"/tmp/{name}", "wb", buffering=0) as file:
                for _ in range(8):
                    written += file.write(piece)
        except OSError as error:
            seen = errno.errorcode[error.errno]
            break
    return verdict(seen in ("ENOSPC", "EDQUOT", "EFBIG") and written < 128 << 20,
                   f"{seen} after {written >> 20} MB")
