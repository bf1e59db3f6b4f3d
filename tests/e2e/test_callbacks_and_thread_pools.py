"""What needs more than Python: ctypes callbacks (executable memory) and thread pools of
multiprocessing (named semaphores)."""

import re
import time
from pathlib import Path

QSORT = """
import ctypes
def main():
    compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 5)(5, 1, 4, 2, 3)
    ctypes.CDLL(None).qsort(numbers, 5, ctypes.sizeof(ctypes.c_int), compare_type(lambda a, b: a[0] - b[0]))
    return list(numbers)
"""
MANY = """
import ctypes
def main():
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    kept = [kind(lambda x, n=n: x + n) for n in range(100)]
    return sum(callback(1) for callback in kept)
"""
OVERWRITE = """
import ctypes
def main():
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    kept = [kind(lambda x: x) for _ in range(100)]
    for callback in kept:
        ctypes.memset(ctypes.cast(callback, ctypes.c_void_p), 0xCC, 16)  # int3
    return "done"
"""
POOL = """
from {module} import {name}
def main():
    with {name}(4) as pool:
        return pool.map(lambda n: n * n, range(20))
"""


def test_c_calls_back_into_python(execute):
    assert execute(QSORT).result == [1, 2, 3, 4, 5]


def test_a_hundred_callbacks_live_at_once(execute):
    assert execute(MANY).result == sum(1 + n for n in range(100))


def test_callbacks_that_a_run_overwrote_are_whole_in_the_next(execute):
    for _ in range(4):
        assert execute(OVERWRITE).status in (200, 422)  # where they may be written, and where not
        assert execute(MANY).status == 200
        assert execute(QSORT).result == [1, 2, 3, 4, 5]


def wait_until_warm(service):
    deadline = time.monotonic() + 60
    while True:
        pool = service.request("GET", "/info").json["pool"]
        if all(shelf["parked"] > 0 for shelf in pool["flavours"].values()):
            return
        assert time.monotonic() < deadline, pool
        time.sleep(0.1)


def test_no_process_of_the_jail_has_memory_that_it_shares_writably(service):
    from service import processes_of
    wait_until_warm(service)  # a zygote shares a page with its trial while it warms up
    looked_at = 0
    for pid, _ in processes_of(service).items():
        try:
            maps = Path(f"/proc/{pid}/maps").read_text()
        except OSError:
            continue  # gone, or not ours to see
        looked_at += bool(maps)
        shared = [line for line in maps.splitlines() if re.match(r"\S+ .w.s ", line)]
        assert not shared, shared
    assert looked_at


def test_thread_pools_of_multiprocessing_work(execute):
    squares = [n * n for n in range(20)]
    for module, name in (("multiprocessing.pool", "ThreadPool"), ("multiprocessing.dummy", "Pool")):
        assert execute(POOL.format(module=module, name=name)).result == squares


def test_process_pools_say_that_there_are_no_processes(execute):
    reply = execute(POOL.format(module="multiprocessing", name="Pool"))
    assert reply.status == 422
    assert reply.error.startswith("PermissionError"), reply.error


def test_locks_of_multiprocessing_lock(execute):
    script = ("import multiprocessing, threading\ndef main():\n"
              "    lock, seen = multiprocessing.Lock(), []\n"
              "    semaphore = multiprocessing.Semaphore(2)\n"
              "    def work():\n        with lock:\n            seen.append(len(seen))\n"
              "    threads = [threading.Thread(target=work) for _ in range(8)]\n"
              "    [t.start() for t in threads]; [t.join() for t in threads]\n"
              "    taken = [semaphore.acquire(block=False) for _ in range(3)]\n"
              "    timed = lock.acquire() and lock.acquire(timeout=0.05)\n"
              "    return [seen, taken, timed]\n")
    assert execute(script).result == [list(range(8)), [True, True, False], False]
