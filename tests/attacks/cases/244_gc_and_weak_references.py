# attack: 244
# name: finalizers_without_end_are_ended
# expect: kind=cpu_time within=6 | kind=memory within=8 | status=200 within=6
# limits: {"wall_time_s": 8, "cpu_time_s": 2}


class Phoenix:
    def __del__(self):
        KEPT.append(Phoenix())
        Phoenix()
        while len(KEPT) > 100:
            KEPT.pop()


KEPT = []


def main():
    Phoenix()
    return {"held": True}
