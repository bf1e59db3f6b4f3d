# attack: 115
# name: stopping_itself_does_not_move_the_deadline
# expect: kind=wall_time within=5
# expect-fallback: kind=wall_time within=5
# limits: {"wall_time_s": 2, "cpu_time_s": 10}
import signal
import time


def main():
    while True:
        for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            os.kill(os.getpid(), number)
            signal.raise_signal(number)
        time.sleep(0.01)
