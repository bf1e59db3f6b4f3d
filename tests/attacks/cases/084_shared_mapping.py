# attack: 84
# name: shared_memory_is_charged
# expect: kind=memory | error~allocate
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
import mmap


def main():
    size = 1 << 30
    area = mmap.mmap(-1, size, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    for at in range(0, size, 4096):
        area[at] = 1
    return verdict(False, "a gigabyte of shared memory was filled")
