# attack: 101
# name: masked_signals_do_not_save_a_spinning_run
# expect: kind=cpu_time within=4
# limits: {"wall_time_s": 10, "cpu_time_s": 1}
import signal


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass
