# attack: 100
# name: spinning_threads_share_one_cpu_limit
# expect: kind=cpu_time within=5
# limits: {"wall_time_s": 10, "cpu_time_s": 1}
import ctypes
import threading


def main():
    # Without the GIL, so that they really run side by side.
    c = ctypes.CDLL(None)

    def work():
        while True:
            c.memset(area, 0, len(area))

    area = ctypes.create_string_buffer(8 << 20)
    for _ in range(8):
        threading.Thread(target=work).start()
    work()
