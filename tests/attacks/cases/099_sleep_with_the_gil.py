# attack: 99
# name: a_c_sleep_that_holds_the_gil_ends_at_the_wall_clock
# expect: kind=wall_time within=4
# limits: {"wall_time_s": 1}
import ctypes


def main():
    ctypes.PyDLL(None).sleep(1000)
