# attack: 105
# name: a_sigxcpu_handler_does_not_save_a_run
# expect: kind=cpu_time within=4
# limits: {"wall_time_s": 10, "cpu_time_s": 1}
import signal


def main():
    for number in (signal.SIGXCPU, signal.SIGPROF, signal.SIGVTALRM, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
