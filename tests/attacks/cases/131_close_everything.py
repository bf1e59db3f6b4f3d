# attack: 131
# name: closing_every_descriptor_is_a_clean_error
# expect: status=422 within=5
# limits: {"wall_time_s": 3}


def main():
    os.closerange(0, 65536)
    return 1
