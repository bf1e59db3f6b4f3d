# attack: 99
# name: a_c_loop_that_holds_the_gil_ends_at_its_limit
# expect: kind=cpu_time within=4
# limits: {"wall_time_s": 10, "cpu_time_s": 1}
import collections
import itertools


def main():
    collections.deque(itertools.repeat(0), maxlen=0)
