# attack: 98
# name: a_catastrophic_pattern_ends_at_the_cpu_limit
# expect: kind=cpu_time within=4
# limits: {"wall_time_s": 10, "cpu_time_s": 1}
import re


def main():
    return bool(re.match(r"(a+)+$", "a" * 60 + "!"))
