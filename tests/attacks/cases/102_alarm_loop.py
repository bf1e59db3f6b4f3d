# attack: 102
# name: an_alarm_loop_is_still_ended
# expect: kind=cpu_time within=5 | kind=wall_time within=5
# limits: {"wall_time_s": 2, "cpu_time_s": 1}
import signal


def main():
    def again(*_):
        signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
        while True:
            pass

    signal.signal(signal.SIGALRM, again)
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
            while True:
                pass
        except BaseException:
            pass
