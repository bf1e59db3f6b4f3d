# attack: 142
# name: an_object_that_fights_its_description_is_handled
# expect: status=422 kind=not_serializable within=6 | status=422 kind=cpu_time within=6 | status=422 kind=exception within=6 | status=422 kind=exit within=6
# limits: {"wall_time_s": 5, "cpu_time_s": 2}


class Kind(type):
    def __getattribute__(cls, name):
        raise SystemExit("from the metaclass")

    def mro(cls):
        return type.mro(cls)


class Hostile(metaclass=Kind):
    def __str__(self):
        raise KeyboardInterrupt

    def __repr__(self):
        while True:
            pass

    def __getattribute__(self, name):
        raise MemoryError

    __class__ = property(lambda self: 1 / 0)


def main():
    return [Hostile()]
