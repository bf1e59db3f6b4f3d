# attack: 233
# name: a_flood_of_record_locks_is_bounded
# expect: held | kind=memory | kind=cpu_time | kind=wall_time
# limits: {"wall_time_s": 8, "cpu_time_s": 4}
# next: held
import fcntl


def main():
    files = [os.open(f"/tmp/{n}", os.O_CREAT | os.O_RDWR) for n in range(200)]
    made = 0
    # A lock that is only said to be taken (121) costs the kernel nothing.
    try:
        for offset in range(0, 1000, 2):
            for file in files:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
                made += 1
    except OSError as error:
        return verdict(True, f"{errno.errorcode[error.errno]} after {made}")
    return verdict(True, f"{made} locks, at most 200 bytes each")
