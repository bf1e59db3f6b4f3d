# attack: 239
# name: a_storm_of_signals_to_itself_is_ended
# expect: kind=cpu_time within=6 | kind=wall_time within=6 | kind=crash within=6 | kind=exception within=6
# limits: {"wall_time_s": 3, "cpu_time_s": 1}
import signal
import threading


def main():
    signal.signal(signal.SIGUSR1, lambda *_: os.kill(os.getpid(), signal.SIGUSR1))
    for _ in range(4):
        threading.Thread(target=lambda: [signal.raise_signal(signal.SIGUSR1) for _ in iter(int, 1)]
                         ).start()
    while True:
        try:
            os.kill(os.getpid(), signal.SIGUSR1)
        except BaseException:
            pass
