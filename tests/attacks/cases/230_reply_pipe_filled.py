# attack: 230
# name: a_result_pipe_full_of_rubbish_is_a_crash
# expect: status=422 kind=crash within=5
# limits: {"wall_time_s": 4}


def main():
    os.set_blocking(3, True)
    for _ in range(1000):
        os.write(3, b"\xff" * 65536)
    return 1
