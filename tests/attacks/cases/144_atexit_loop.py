# attack: 144
# name: exit_handlers_without_end_do_not_hold_the_result_back
# expect: status=200 result=1 within=5 | status=422 kind=cpu_time within=5
# limits: {"wall_time_s": 4, "cpu_time_s": 2}
import atexit
import threading


def main():
    def again():
        atexit.register(again)
        while True:
            pass

    atexit.register(again)
    threading._register_atexit(again)
    return 1
