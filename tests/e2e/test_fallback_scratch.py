"""Without a tmpfs for each run, what a run keeps in its files is watched and bounded."""

import pytest

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
