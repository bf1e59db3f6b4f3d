"""Attacks on memory where no memory cgroup counts it: rlimits and a look every 50 ms bound it then."""

import subprocess

import pytest

from attacks.judge import Judge, assert_verdict, with_numbers
from service import WITHOUT_CGROUPS, Service, assert_nothing_left

CASES = with_numbers({84, 93, 235, 296, 297, 298, 299, 300, 301})

THREADS = """
import concurrent.futures, json, zlib
def work(n):
    text = json.dumps(list(range(5_000)))
    return len(zlib.decompress(zlib.compress(text.encode())))
def main():
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        return len(set(pool.map(work, range(200))))
"""
LATE_IMPORTS = """
import ctypes, decimal, mmap, sqlite3, ssl, xml.etree.ElementTree
def main():
    import numpy, pandas
    area = mmap.mmap(-1, 50 << 20)
    area[:4] = b"kept"
    return [bytes(area[:4]).decode(), int(pandas.DataFrame({"a": numpy.arange(4)}).a.sum())]
"""
USES_80_MB = "def main():\n    block = bytearray(b'x') * (80 << 20)\n    return len(block)\n"


def may_hide_cgroups():
    return subprocess.run([*WITHOUT_CGROUPS, "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module", params=["auto", "fallback"])
def bare(request):
    if not may_hide_cgroups():
        pytest.skip("takes root and a mount namespace")
    running = Service(isolation=request.param, behind=WITHOUT_CGROUPS).wait_until_ready()
    layers = running.request("GET", "/info").json["isolation"]["layers"]
    states = {layer["name"]: layer["state"] for layer in layers}
    assert states["memory and pids cgroup"] == "off", layers
    yield running
    running.stop()
    assert_nothing_left(running)


@pytest.fixture(scope="module")
def judge(bare):
    running = Judge(bare)
    yield running
    running.stop()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack_without_cgroups(case, judge):
    assert_verdict(judge.judge(case), enough=("held",))  # no less than with control groups


@pytest.mark.parametrize("script, result", [(THREADS, 1), (LATE_IMPORTS, ["kept", 6])],
                         ids=["threads", "late imports"])
def test_honest_script_has_the_address_space_that_it_needs(script, result, bare):
    assert bare.execute(script).result == result


def test_peak_of_memory_is_the_runs_own(bare):
    small = bare.execute("import numpy\ndef main():\n    return 1\n", verbose=True)
    large = bare.execute(USES_80_MB, verbose=True)
    assert small.json["usage"]["memory_peak_mb"] < 40, small.json["usage"]
    assert 75 <= large.json["usage"]["memory_peak_mb"] < 125, large.json["usage"]
