"""Attacks 11, 12, 13 and 17: files that a script leaves, when the service returns such files."""

import json
import time

import pytest

SECRET_WORDS = ("root:", "forkjail", "nsjail")


@pytest.fixture
def run(service):
    """Runs a script and returns the files of the answer; skips where there are none to attack."""
    probe = service.execute("def main():\n    open('a.txt', 'w').write('a')\n", verbose=True)
    if "files" not in probe.json:
        pytest.skip("output files: the service returns none")

    def run_script(body, **fields):
        reply = service.execute("import os, threading, time\ndef main():\n" + "".join(
            f"    {line}\n" for line in body.splitlines()), verbose=True,
            limits={"wall_time_s": 5, "cpu_time_s": 4}, **fields)
        assert reply.status in (200, 422), reply.body[:500]
        assert reply.elapsed_s < 10
        return {file["path"]: file for file in reply.json["files"]}
    return run_script


def assert_nothing_of_the_host(files):
    import base64

    for file in files.values():
        content = base64.b64decode(file.get("content_base64") or "")
        assert not any(word.encode() in content for word in SECRET_WORDS), file["path"]


def test_11_a_symbolic_link_is_not_followed(run):
    files = run("for n, t in enumerate(['/etc/passwd', '/proc/self/environ', '../../../etc/shadow',"
                " '/etc/hostname', '/usr']):\n    os.symlink(t, f'link{n}')")
    assert not files


def test_12_a_symbolic_link_in_the_middle_is_not_followed(run):
    files = run("os.symlink('/etc', 'dir')\nos.mkdir('real')\nos.symlink('/etc/passwd', 'real/p')\n"
                "open('real/ok', 'w').write('ok')")
    assert set(files) <= {"real/ok"}
    assert_nothing_of_the_host(files)


def test_13_a_fifo_does_not_hang(run):
    started = time.monotonic()
    run("try:\n    os.mkfifo('fifo')\nexcept OSError:\n    pass\nopen('ok', 'w').write('ok')")
    assert time.monotonic() - started < 5


def test_17_renaming_while_files_are_collected_leaks_nothing(run):
    files = run("open('a', 'w').write('x' * 100000)\nos.symlink('/etc/passwd', 'b')\n"
                "def race():\n    while True:\n        try:\n            os.rename('b', 'c')\n"
                "            os.rename('a', 'b')\n            os.rename('c', 'a')\n"
                "        except OSError:\n            pass\n"
                "threading.Thread(target=race).start()\ntime.sleep(0.1)")
    assert_nothing_of_the_host(files)


def test_11_sparse_and_many_files_are_bounded(run):
    files = run("fd = os.open('sparse', os.O_CREAT | os.O_RDWR)\n"
                "try:\n    os.ftruncate(fd, 60 << 20)\nexcept OSError:\n    pass\n"
                "for n in range(3000):\n    open(f'f{n}', 'w').write('x')")
    assert len(json.dumps(files)) < 64 << 20
