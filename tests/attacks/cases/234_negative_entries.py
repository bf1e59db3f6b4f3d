# attack: 234
# name: names_that_do_not_exist_fill_no_kernel_memory
# expect: held | kind=memory
# limits: {"wall_time_s": 8, "cpu_time_s": 4}
# next: held
import time


def main():
    end = time.monotonic() + 2.5
    asked = 0
    while time.monotonic() < end:
        for _ in range(1000):
            os.path.exists(f"/usr/lib/{asked}-{'n' * 200}")
            asked += 1
    return verdict(True, f"{asked} names asked for")
