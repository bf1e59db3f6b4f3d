"""The first seconds of a service's life: quick zygotes answer, wholly warmed ones replace them, and no
script can tell."""

import time
from pathlib import Path

PANDAS = "import pandas as pd\ndef main(n):\n    return int(pd.DataFrame({'a': [n, 2]})['a'].sum())\n"
HELLO = "def main(n):\n    return n\n"
RANDOM = "import random, uuid\ndef main():\n    return [random.random(), str(uuid.uuid4())]\n"
START_TIME_MAX_S = 60


def start_unwarmed(start_service, *flags):
    return start_service(*flags, ready=False).wait_until_ready(warm=False)


def test_new_service_answers_hello_and_pandas_before_it_is_warm_and_all_through_the_change(start_service):
    service = start_unwarmed(start_service)
    assert not service.is_warm()
    deadline = time.monotonic() + START_TIME_MAX_S
    number, after_the_change = 0, 0
    while after_the_change < 5:
        assert time.monotonic() < deadline, service.log_text()
        number += 1
        assert service.execute(HELLO, args=[number]).result == number
        assert service.execute(PANDAS, args=[number]).result == number + 2
        after_the_change += service.is_warm()
    log = Path(service.log.name).read_text()
    for flavour in ("light", "full"):
        quick, whole = (log.index(f"{flavour} zygote ready, warm-up {kind}") for kind in ("none", "whole"))
        assert quick < whole


def test_random_numbers_differ_between_the_cells_of_a_quick_zygote(start_service):
    service = start_unwarmed(start_service)
    drawn = [service.execute(RANDOM).result for _ in range(3)]
    assert len({first for first, _ in drawn}) == len({second for _, second in drawn}) == 3


def test_quick_zygote_is_proved_like_any_other(start_service):
    service = start_unwarmed(start_service)
    log = service.log_text()
    assert log.index("every canary attack was held off") < log.index("light zygote ready, warm-up none")


def test_async_main_is_awaited_in_a_quick_cell(start_service):
    service = start_unwarmed(start_service)
    assert service.execute("async def main():\n    return 'awaited'\n").result == "awaited"


def test_ctypes_callbacks_exit_and_standard_modules_work_in_a_quick_cell(start_service):
    service = start_unwarmed(start_service)
    script = ("import colorsys, ctypes, sqlite3, statistics\n"
              "def main():\n"
              "    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)\n"
              "    return [callback(1), callable(exit), statistics.mean([1, 3]),\n"
              "            sqlite3.connect(':memory:').execute('select 5').fetchone()[0]]\n")
    assert service.execute(script).result == [2, True, 2, 5]
