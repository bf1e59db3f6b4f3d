# attack: 96
# name: an_endless_sleep_ends_at_the_wall_clock
# expect: kind=wall_time within=4
# limits: {"wall_time_s": 1}
import time


def main():
    time.sleep(1e9)
