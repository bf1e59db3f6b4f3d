# attack: 78
# name: a_thread_that_outlives_main_ends_with_the_run
# expect: held within=4
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
import threading
import time


def main():
    def sleep():
        while True:
            time.sleep(0.01)

    def spin():
        while True:
            pass

    for work in (sleep, spin, sleep):
        threading.Thread(target=work, daemon=False).start()
    return verdict(True, "main returned while threads ran")
