# attack: 129
# name: a_truncated_frame_and_a_hang_end_at_the_wall_clock
# expect: status=422 kind=wall_time within=4
# limits: {"wall_time_s": 1}
import struct
import time


def main():
    os.write(3, struct.pack("II", 4, 1000) + b'"half')
    time.sleep(1000)
