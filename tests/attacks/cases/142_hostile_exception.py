# attack: 142
# name: an_exception_that_fights_its_description_is_handled
# expect: status=422 kind=exception within=6 | status=422 kind=cpu_time within=6
# limits: {"wall_time_s": 5, "cpu_time_s": 2}


class Hostile(Exception):
    def __str__(self):
        raise SystemExit(3)

    def __repr__(self):
        raise SystemExit(3)

    @property
    def __traceback__(self):
        raise RuntimeError("no")

    def __getattribute__(self, name):
        raise KeyboardInterrupt


def main():
    raise Hostile("x" * 1_000_000)
