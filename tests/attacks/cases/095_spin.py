# attack: 95
# name: an_endless_loop_ends_at_the_cpu_limit
# expect: kind=cpu_time within=4
# limits: {"wall_time_s": 10, "cpu_time_s": 1}


def main():
    print("before")
    while True:
        pass
