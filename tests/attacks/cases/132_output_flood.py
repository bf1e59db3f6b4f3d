# attack: 132
# name: ten_gigabytes_of_output_are_capped
# expect: status=422 kind=output within=8 | status=422 kind=cpu_time within=8 | status=422 kind=wall_time within=8 | held within=8
# limits: {"wall_time_s": 5, "cpu_time_s": 4}


def main():
    piece = b"x" * (1 << 20)
    for _ in range(10_000):
        os.write(1, piece)
        os.write(2, piece)
    return {"held": True, "saw": "all was drained"}
