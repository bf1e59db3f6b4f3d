# attack: 76
# name: ten_thousand_threads_are_a_runtime_error
# expect: held | kind=memory
# limits: {"wall_time_s": 8, "cpu_time_s": 5}
import threading


def main():
    stop = threading.Event()
    threading.stack_size(64 * 1024)
    started = []
    try:
        for _ in range(10_000):
            thread = threading.Thread(target=stop.wait)
            thread.start()
            started.append(thread)
    except RuntimeError as error:
        return verdict(len(started) < 1000, f"{error} after {len(started)}")
    finally:
        stop.set()
    return verdict(False, "10,000 threads run")
