# attack: 93
# name: the_run_after_an_out_of_memory_succeeds
# expect: kind=memory
# expect-fallback: weaker | kind=memory | error~allocate -- without a memory cgroup nothing kills for shared memory
# limits: {"wall_time_s": 8, "cpu_time_s": 6}
# next: held
import mmap


def main():
    area = mmap.mmap(-1, 400 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    for at in range(0, len(area), 4096):
        area[at] = 1
    result = verdict(False, "400 MB were filled")
    result["weaker"] = True
    return result
