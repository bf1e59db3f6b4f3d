# attack: 261
# name: reading_a_shared_file_leaves_no_trace
# expect: held
# peer: held
# limits: {"wall_time_s": 6}
import colorsys
import time


def main():
    end = time.monotonic() + 2
    while time.monotonic() < end:
        with open(colorsys.__file__, "rb") as file:
            file.read()
        os.listdir(os.path.dirname(colorsys.__file__))
        time.sleep(0.02)
    return verdict(True, "read for two seconds; the peer judges")
