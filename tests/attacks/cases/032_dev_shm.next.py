def main():
    return absent("/dev/shm/marker", "/dev/mqueue/marker", "/run/lock/marker", "/var/tmp/marker")
