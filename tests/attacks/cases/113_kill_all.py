# attack: 113
# name: killing_everything_kills_at_most_the_run
# expect: held | kind=crash | kind=syscall | kind=exit
# next: held
import signal


def main():
    seen = set()
    for pid in (-1, 0, -2, os.getpid() + 1):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
            seen.add(syscall("kill", pid, int(number))[1] or f"kill {pid} went")
    return verdict(seen <= {"EPERM", "ESRCH"}, sorted(seen))
