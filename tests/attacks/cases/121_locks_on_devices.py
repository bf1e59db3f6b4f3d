# attack: 121
# name: record_locks_on_devices_are_no_channel
# expect: held
# peer: held
# limits: {"wall_time_s": 6}
import fcntl
import time

# A write lock needs a writable descriptor of an inode that the other cell can open as well.
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")


def main():
    descriptors = []
    for device in DEVICES:
        try:
            descriptor = os.open(device, os.O_RDWR)
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0x5EC12E7)
            descriptors.append(descriptor)
        except OSError:
            pass
    time.sleep(2.5)
    return verdict(True, f"{len(descriptors)} locks were taken; the peer judges")
