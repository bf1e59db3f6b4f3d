# attack: 136
# name: a_bomb_of_empty_references_is_capped
# expect: status=422 within=6
# limits: {"wall_time_s": 8, "cpu_time_s": 3}


def main():
    value = {}
    for _ in range(60):
        value = {"": value, "a": value}
    return value
