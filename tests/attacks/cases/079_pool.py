# attack: 79
# name: multiprocessing_fails_cleanly
# expect: held | kind=exception
# limits: {"wall_time_s": 8}
import multiprocessing


def square(x):
    return x * x


def main():
    try:
        with multiprocessing.Pool(2) as pool:
            return verdict(False, pool.map(square, [1, 2]))
    except (OSError, ImportError, RuntimeError) as error:
        return verdict(True, f"{type(error).__name__}: {error}")
