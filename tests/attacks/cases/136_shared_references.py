# attack: 136
# name: a_bomb_of_shared_references_is_capped
# expect: status=422 kind=not_serializable within=6 | status=422 kind=output within=6
# limits: {"wall_time_s": 8, "cpu_time_s": 5}


def main():
    value = ["x" * 1000]
    for _ in range(40):
        value = [value, value]
    return value
