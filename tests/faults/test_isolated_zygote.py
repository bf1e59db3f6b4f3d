"""The zygote of an isolated key is killed: its key gets another one, and nobody else notices."""

import os
import signal
import threading

from isolated_keys import IsolatedKeys
from keyed_service import HELLO, execute
from service import processes_of, wait_for, zygote_pids


def test_a_killed_zygote_of_one_key_is_replaced_for_it_alone(start_service, tmp_path):
    keys = IsolatedKeys(tmp_path, "plain")
    keys.service = running = start_service("--keys", str(keys.file), ready=False)
    running.wait_until_ready(warm=False)
    keys.wait_until_warm("light")
    shared = zygote_pids(running)
    keys.reload("plain", "own")
    keys.wait_until_warm("isolated_1")
    # Its quick one stays for as long as a cell of it is there.
    (own,) = wait_for(lambda: len(new := zygote_pids(running) - shared) == 1 and new)
    before = keys.where("own")
    statuses, done = [], threading.Event()

    def call():
        while not done.is_set():
            statuses.append(execute(running, HELLO, keys.key("plain")).status)

    caller = threading.Thread(target=call)
    caller.start()
    try:
        os.kill(own, signal.SIGKILL)
        wait_for(lambda: own not in processes_of(running))
        assert running.request("GET", "/ready").status == 200
        after = wait_for(lambda: (reply := execute(running, HELLO, keys.key("own"))).status == 200
                         and keys.where("own"))
    finally:
        done.set()
        caller.join()
    assert after[0] != before[0] and after[1] != before[1]
    assert statuses and set(statuses) == {200}
    assert zygote_pids(running) >= shared
