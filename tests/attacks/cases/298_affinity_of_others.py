# attack: 298
# name: no_process_of_the_host_is_found_by_its_affinity
# expect: held
# limits: {"wall_time_s": 9, "cpu_time_s": 6}
import ctypes
import threading


def main():
    own = {os.getpid(), threading.get_native_id()}
    asked = threading.Thread(target=lambda: own.add(threading.get_native_id()))
    asked.start()
    asked.join()
    call = c_library().syscall
    mask = ctypes.create_string_buffer(1024)
    found = [number for number in range(1, 50_000)
             if number not in own and call(NUMBERS["sched_getaffinity"], number, 1024, mask) > 0]
    honest = os.sched_getaffinity(0) == os.sched_getaffinity(os.getpid())
    return verdict(honest and not found, f"{len(found)} found: {found[:5]}")
