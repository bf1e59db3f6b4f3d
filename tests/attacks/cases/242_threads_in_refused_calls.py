# attack: 242
# name: refused_calls_from_many_threads_are_all_refused
# expect: held
import threading


def main():
    seen = set()

    def call():
        for number in (41, 57, 101, 165, 272, 321, 425, 323, 298, 250):
            result, error = syscall(number, 0, 0, 0, 0, 0)
            seen.add(error or f"{number} returned {result}")

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return verdict(seen <= set(REFUSALS), sorted(seen))
