# attack: 144
# name: a_generator_that_will_not_close_is_bounded
# expect: status=200 result=1 within=5 | status=422 kind=cpu_time within=5
# limits: {"wall_time_s": 4, "cpu_time_s": 1}


def stubborn():
    while True:
        try:
            yield 1
        except BaseException:
            while True:
                pass


KEPT = stubborn()


def main():
    next(KEPT)
    other = stubborn()
    next(other)
    sys.exitfunc = other
    return 1
