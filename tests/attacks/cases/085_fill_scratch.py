# attack: 85
# name: the_scratch_is_bounded_and_charged
# expect: held | kind=memory
# expect-fallback: held | kind=memory -- no tmpfs: a look every 50 ms, and a kill beyond 64 MB; passed by what is written in between
import time


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
    if not seen:
        time.sleep(2)  # where a look now and then is all there is
    return verdict(seen in ("ENOSPC", "EDQUOT", "EFBIG") and written < 128 << 20,
                   f"{seen} after {written >> 20} MB")
