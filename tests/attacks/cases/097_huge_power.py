# attack: 97
# name: a_huge_power_ends_at_the_cpu_limit
# expect: kind=cpu_time within=5 | kind=memory
# limits: {"wall_time_s": 10, "cpu_time_s": 1}


def main():
    return len(str(10 ** 10**8)) + 7 ** 7**9
