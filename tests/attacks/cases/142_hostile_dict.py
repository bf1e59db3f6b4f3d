# attack: 142
# name: containers_that_change_while_they_are_written_are_handled
# expect: status=422 within=6 | status=200 within=6
# limits: {"wall_time_s": 5, "cpu_time_s": 2}
import dataclasses
import enum


class Growing(list):
    def __iter__(self):
        while True:
            yield self

    def __len__(self):
        return -1


class Changing(dict):
    def items(self):
        self[object()] = 1
        return super().items()

    def __iter__(self):
        self.clear()
        return iter([1, 2, 3])


@dataclasses.dataclass
class Bomb:
    a: list

    def __getattribute__(self, name):
        if name == "a":
            VICTIM.clear()
        return object.__getattribute__(self, name)


class Loop(enum.Enum):
    A = 1

    @property
    def value(self):
        VICTIM.extend(range(1000))
        return self


VICTIM = [1, 2, 3]


def main():
    VICTIM[:] = [Bomb([1]), Loop.A, Bomb([2]), "x" * 1000]
    return {"v": VICTIM, "g": Growing([1]), "c": Changing({"a": 1})}
