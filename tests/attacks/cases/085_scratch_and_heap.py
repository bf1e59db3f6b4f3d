# attack: 85
# name: scratch_and_shared_memory_count_together
# expect: kind=memory
# expect-fallback: weaker -- no memory cgroup: the scratch has only its own limit
import mmap


def main():
    with open("/tmp/filled", "wb", buffering=0) as file:
        for _ in range(60):
            file.write(bytes(1 << 20))
    area = mmap.mmap(-1, 120 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    for at in range(0, len(area), 4096):
        area[at] = 1
    result = verdict(False, "180 MB were filled")
    result["weaker"] = True
    return result
