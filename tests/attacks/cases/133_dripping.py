# attack: 133
# name: one_byte_at_a_time_ends_at_a_limit
# expect: status=422 kind=wall_time within=5 | status=422 kind=cpu_time within=5
# limits: {"wall_time_s": 2, "cpu_time_s": 2}


def main():
    while True:
        os.write(1, b".")
        os.write(2, b".")
