"""Without a tmpfs for each run, what a run keeps in its files is watched and bounded, and goes with
it."""

import os
import signal
import subprocess
import time

import pytest

from service import BINARY, GUEST_ROOT, NSJAIL, WITHOUT_LANDLOCK

BYTES = """
import time
def main():
    for number in range(60):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(bytes(2 << 20))
    time.sleep(10)
"""
INODES = """
import os, time
def main():
    os.mkdir("many")
    for number in range(9_000):
        os.close(os.open(f"many/{number}", os.O_CREAT | os.O_WRONLY))
    time.sleep(10)
"""
DELETED = """
import os, time
def main():
    kept = []
    for _ in range(60):
        kept.append(os.open("/tmp", os.O_TMPFILE | os.O_RDWR))
        os.write(kept[-1], bytes(2 << 20))
    time.sleep(10)
"""
HONEST = """
import os, shutil, time
def main():
    for number in range(2_000):
        with open(f"{number}", "w") as file:
            file.write("x")
    with open("/tmp/large", "wb") as file:
        file.write(bytes(40 << 20))
    os.mkdir("tree")
    os.symlink("/usr", "tree/link")
    time.sleep(0.3)
    shutil.rmtree("tree")
    return len(os.listdir("."))
"""


@pytest.fixture(scope="module")
def fallback():
    from service import Service, assert_nothing_left
    running = Service(isolation="fallback").wait_until_ready()
    yield running
    running.stop()
    assert_nothing_left(running)


def test_bytes_beyond_the_limit_end_the_run_and_are_named(fallback):
    reply = fallback.execute(BYTES)
    assert reply.status == 422
    assert reply.error == ("file limit exceeded (64 MB in the working directory and /tmp together)")


def test_inodes_beyond_the_limit_end_the_run_and_are_named(fallback):
    reply = fallback.execute(INODES)
    assert reply.status == 422
    assert "file limit exceeded (8192 files" in reply.error


def test_deleted_files_that_stay_open_count(fallback):
    reply = fallback.execute(DELETED)
    assert reply.status == 422 and "file limit exceeded (64 MB" in reply.error


def test_honest_use_of_files_is_left_alone(fallback):
    assert fallback.execute(HONEST).result == 2_000


# ---- what a run leaves ----

# Deeper than the descriptors that the service below may have.
CHAINED = """
import os
def main():
    for number in range(20):
        os.makedirs(f"chain{number}/" + "/".join(["d"] * 110))
    top = os.getcwd()
    for number in range(1, 20):
        os.chdir(f"chain{number - 1}/" + "/".join(["d"] * 110))
        os.rename(f"{top}/chain{number}", f"chain{number}")
    with open("file", "wb") as file:
        file.write(bytes(1 << 20))
    return "chained"
"""
LEAVES_FILES = """
import os
def main():
    for number in range(300):
        with open(f"{number}", "w") as file:
            file.write("x")
    os.makedirs("closed/inner")
    os.chmod("closed", 0)
"""


def base_of(running):
    """The directory that holds those of the service's runs."""
    (supervisor,) = running.children
    (base,) = (GUEST_ROOT / "cells").glob(f"{supervisor}-*")
    return base


def files_left(base):
    """What find(1) sees but for the directories of parked cells; it walks trees of any depth."""
    found = subprocess.run(["find", base, "-mindepth", "3"], capture_output=True, text=True,
                           check=False).stdout.split("\n")
    return [path for path in found if path]


def wait_until_gone(what, within_s=20):
    deadline = time.monotonic() + within_s
    while left := what():
        assert time.monotonic() < deadline, f"still there: {left[:3]}"
        time.sleep(0.1)


def test_tree_deeper_than_the_limit_of_descriptors_is_removed(start_service):
    running = start_service("--preload", "", isolation="fallback",
                            behind=("prlimit", "--nofile=1024:1024"))
    assert running.execute(CHAINED).status in (200, 422)  # the look may have met it: 128 deep
    wait_until_gone(lambda: files_left(base_of(running)))
    assert "still there" not in running.log_text()


def test_what_a_killed_service_left_goes_with_the_next_start(start_service):
    killed = start_service("--preload", "", isolation="fallback")
    base = base_of(killed)
    for cell in base.glob("[0-9]*"):
        (cell / "work/left").mkdir()
    (supervisor,) = killed.children
    os.kill(supervisor, signal.SIGKILL)
    killed.process.wait(timeout=30)  # the server does not go on without
    assert list(base.glob("*/work/left"))
    start_service("--preload", "", isolation="fallback")
    wait_until_gone(lambda: [base] if base.exists() else [])


def test_live_service_keeps_its_files_when_another_starts(start_service):
    first = start_service("--preload", "", isolation="fallback")
    start_service("--preload", "", isolation="fallback")
    assert base_of(first).exists()
    assert first.execute(HONEST).result == 2_000


def test_base_goes_with_the_service(start_service):
    running = start_service("--preload", "", isolation="fallback")
    base = base_of(running)
    assert running.execute(LEAVES_FILES).status == 200
    assert running.stop() == 0
    wait_until_gone(lambda: [base] if base.exists() else [])


@pytest.mark.parametrize("behind", [(), WITHOUT_LANDLOCK], ids=["landlock", "without_landlock"])
def test_finished_files_lie_where_only_root_gets(start_service, behind):
    running = start_service("--preload", "", isolation="fallback", behind=behind)
    base = base_of(running)
    assert base.stat().st_mode & 0o777 == 0o711
    (place,) = base.glob("removed-*")
    status = place.stat()
    assert (status.st_uid, status.st_mode & 0o777) == (0, 0o700)
    assert running.execute(LEAVES_FILES).status == 200
    wait_until_gone(lambda: files_left(base))


def test_doctor_says_when_there_are_few_descriptors():
    def row(limit):
        said = subprocess.run(["prlimit", f"--nofile={limit}:{limit}", BINARY, "doctor", "--guest-root",
                               GUEST_ROOT, "--nsjail", NSJAIL, "--cells-max", "40", "--pool-size", "4", "--sessions-max", "0"],
                              capture_output=True, text=True, check=False).stdout
        return next(line for line in said.splitlines() if "file descriptors" in line)

    assert row(1_024) == "MISSING  file descriptors: at most 1024, and 1600 are needed for 40 cells"
    assert row(1_600) == "ok       file descriptors"
