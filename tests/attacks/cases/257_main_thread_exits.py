# attack: 257
# name: a_main_thread_that_leaves_alone_is_ended
# expect: status=422 within=5
# limits: {"wall_time_s": 3, "cpu_time_s": 2}
import threading
import time


def main():
    threading.Thread(target=lambda: time.sleep(1000)).start()
    syscall("exit", 0)
    return 1
