# attack: 138
# name: an_integer_of_ten_million_digits_is_bounded
# expect: status=422 within=8 | status=200 within=8
# limits: {"wall_time_s": 8, "cpu_time_s": 3}


def main():
    return 1 << (10_000_000 * 10 // 3)
