# attack: 86
# name: sparse_files_stay_within_the_size_limit
# expect: held
import signal


def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    seen = []
    descriptor = os.open("sparse", os.O_CREAT | os.O_RDWR)
    for size in (1 << 50, 1 << 40, 1 << 33, 65 << 20):
        seen.append(syscall("ftruncate", descriptor, size)[1] or f"granted {size}")
        try:
            os.pwrite(descriptor, b"x", size)
            seen.append(f"written at {size}")
        except OSError as error:
            seen.append(errno.errorcode[error.errno])
    seen.append(syscall("truncate", b"sparse", 1 << 50)[1])
    seen.append(syscall("fallocate", descriptor, 0, 0, 1 << 40)[1])
    held = os.stat("sparse").st_size <= 64 << 20
    return verdict(held, seen)
