# attack: 77, 101
# name: ignoring_every_signal_does_not_move_the_deadline
# expect: kind=wall_time within=5
# limits: {"wall_time_s": 2, "cpu_time_s": 10}
import signal
import time


def main():
    syscall("setsid")
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
