# attack: 144
# name: exits_in_finalizers_do_not_change_the_result
# expect: status=200 result=1 within=5
import gc


class Leaving:
    def __del__(self):
        raise SystemExit(4)


def main():
    one = Leaving()
    one.itself = one
    del one
    Leaving()
    gc.collect()
    globals()["kept"] = Leaving()
    return 1
