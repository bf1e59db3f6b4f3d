# attack: 142
# name: an_exception_whose_text_never_ends_is_ended
# expect: status=422 kind=cpu_time within=6
# limits: {"wall_time_s": 5, "cpu_time_s": 1}


class Hostile(Exception):
    def __str__(self):
        while True:
            pass


def main():
    raise Hostile
