import fcntl
import time


def main():
    seen = {}
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        for device in ("/dev/null", "/dev/zero", "/dev/urandom"):
            try:
                descriptor = os.open(device, os.O_RDWR)
            except OSError:
                continue  # /dev/zero, where no control group counts its memory
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0x5EC12E7)
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.EACCES):
                    seen[device] = "its lock is seen by a peer"
            os.close(descriptor)
        time.sleep(0.02)
    return verdict(not seen, seen or "nobody's lock was seen")
