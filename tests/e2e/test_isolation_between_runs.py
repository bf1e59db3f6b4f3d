"""One run sees nothing of another, and repeats nothing of it."""

import time

import pytest

RUNS = 6  # more than one cell, whatever the pool does


def results(execute, script, runs=RUNS):
    return [execute(script).result for _ in range(runs)]


@pytest.mark.parametrize("expression", [
    "random.random()", "random.SystemRandom().random()", "np.random.rand()", "np.random.default_rng().random()",
    "uuid.uuid4()", "uuid.uuid1()", "secrets.token_hex(8)", "tempfile.mktemp()", "os.urandom(8).hex()",
])
def test_random_source_differs_in_every_run(execute, expression):
    script = ("import os, random, secrets, tempfile, uuid\nimport numpy as np\n"
              f"def main():\n    return str({expression})\n")
    seen = results(execute, script)
    assert len(set(seen)) == RUNS, seen


def test_states_of_the_generators_have_no_word_in_common(execute):
    script = ("import random\nimport numpy as np\ndef main():\n"
              "    return [*random.getstate()[1][:30], *np.random.get_state()[1][:30]]\n")
    words = [word for seen in results(execute, script) for word in seen]
    assert len(words) == RUNS * 60
    assert len(set(words)) >= len(words) - 2  # of 32 bits each: one pair may meet by chance


def test_normal_numbers_are_no_other_half_of_a_pair_of_the_zygotes(execute):
    script = ("import random\nimport numpy as np\ndef main():\n"
              "    return [random.getstate()[2] is None, int(np.random.get_state()[3])]\n")
    assert results(execute, script, 2) == [[True, 0]] * 2


def test_seeded_random_repeats_as_asked(execute):
    script = ("import random\nimport numpy as np\ndef main():\n    random.seed(1)\n    np.random.seed(1)\n"
              "    return [random.random(), np.random.rand()]\n")
    assert len({tuple(values) for values in results(execute, script, 3)}) == 1


@pytest.mark.parametrize("leave, look", [
    ("import builtins\nbuiltins.leak = 1", "import builtins\nfound = hasattr(builtins, 'leak')"),
    ("import sys, types\nsys.modules['leak'] = types.ModuleType('leak')", "import sys\nfound = 'leak' in sys.modules"),
    ("import json\njson.dumps = None", "import json\nfound = json.dumps is None"),
    ("import pandas as pd\npd.leak = 1\npd.options.display.max_rows = 3",
     "import pandas as pd\nfound = hasattr(pd, 'leak') or pd.options.display.max_rows == 3"),
    ("import numpy as np\nnp.seterr(all='raise')", "import numpy as np\nfound = np.geterr()['over'] == 'raise'"),
    ("open('leak', 'w').close()", "import os\nfound = os.path.exists('leak')"),
    ("open('/tmp/leak', 'w').close()", "import os\nfound = os.path.exists('/tmp/leak')"),
    ("import os\nos.environ['LEAK'] = '1'", "import os\nfound = 'LEAK' in os.environ"),
    ("import os\nos.mkdir('d')\nos.chdir('d')", "import os\nfound = os.getcwd().endswith('/d')"),
    ("import sys\nsys.path.insert(0, '/leak')", "import sys\nfound = '/leak' in sys.path"),
    ("import locale, decimal\ndecimal.getcontext().prec = 3", "import decimal\nfound = decimal.getcontext().prec == 3"),
    ("import sys\nsys.setrecursionlimit(5000)", "import sys\nfound = sys.getrecursionlimit() == 5000"),
    ("import os\nos.umask(0o777)", "import os\nfound = os.umask(0o22) == 0o777"),
    ("import gc\ngc.disable()", "import gc\nfound = not gc.isenabled()"),
], ids=["builtins", "sys.modules", "patched module", "pandas", "numpy", "scratch", "tmp", "environ", "cwd", "sys.path",
        "decimal", "recursion limit", "umask", "gc"])
def test_edit_does_not_survive_the_run(execute, leave, look):
    assert execute(f"{leave}\ndef main():\n    return 'left'\n").result == "left"
    assert results(execute, f"{look}\ndef main():\n    return found\n") == [False] * RUNS


def test_secret_of_a_run_is_not_in_the_memory_of_the_next(execute):
    execute("secret = 'sec' + 'ret-' + '0123456789abcdef' * 4\ndef main():\n    return len(secret)\n")
    script = ("import gc\ndef main():\n    return any(isinstance(o, str) and o.startswith('sec' + 'ret-')\n"
              "               for o in gc.get_objects())\n")
    assert results(execute, script) == [False] * RUNS


def test_open_descriptors_are_the_standard_ones_and_the_result(execute):
    script = ("import os\ndef main():\n    found = []\n    for fd in range(256):\n        try:\n            os.fstat(fd)\n"
              "        except OSError:\n            continue\n        found.append(fd)\n    return found\n")
    found = execute(script).result
    assert found[:3] == [0, 1, 2]
    assert len(found) <= 4


def test_crash_of_one_run_does_not_touch_another(service):
    from concurrent.futures import ThreadPoolExecutor
    calm = "import time\ndef main():\n    time.sleep(0.5)\n    return 'calm'\n"
    crash = "import ctypes\ndef main():\n    ctypes.string_at(0)\n"
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(service.execute, [calm, crash, calm, crash]))
    assert [reply.status for reply in replies] == [200, 422, 200, 422]


IDLE_LONG_ENOUGH_S = 0.2  # a parked cell has made further pages its own by then (src/zygote/cell_main.cpp)
LOOKS_FOR_TRACES = """\
import gc, linecache, os, random, sys, warnings
import numpy as np
def main():
    trusted = {'Point', 'numbers', 'norm'}  # names in runtime/warmup.py
    kept = [o.__qualname__ for o in gc.get_objects()
            if isinstance(o, type(main)) and o.__module__ == 'script']
    return {'functions': kept, 'source': linecache.cache['script.py'][2][:1],
            'trusted': sorted(trusted & set(globals())), 'descriptors': descriptors(),
            'drawn': [random.random(), float(np.random.rand()), float(np.random.default_rng().random())]}
def descriptors():
    def is_open(fd):
        try:
            os.fstat(fd)
        except OSError:
            return False
        return True
    return [fd for fd in range(64) if is_open(fd)]
"""


def numbers_drawn_without_a_trace(execute):
    seen = execute(LOOKS_FOR_TRACES).result
    assert {name.split(".")[0] for name in seen["functions"]} <= {"main", "descriptors"}
    assert seen["source"] == ["import gc, linecache, os, random, sys, warnings\n"]
    assert seen["trusted"] == []
    assert seen["descriptors"] == [0, 1, 2, 3]
    return seen["drawn"]


def test_no_cell_shows_a_trace_of_the_trusted_scripts_whether_it_rested_or_not(execute):
    draws = []
    for rest_s in (IDLE_LONG_ENOUGH_S, IDLE_LONG_ENOUGH_S, 0, 0):
        time.sleep(rest_s)
        draws.append(numbers_drawn_without_a_trace(execute))
    for source in zip(*draws):
        assert len(set(source)) == len(source)
