"""Attacks 11, 12, 13 and 17: files that a script leaves, and what it claims about them."""

import base64
import json
import time

import pytest

SECRET_WORDS = ("root:", "forkjail", "nsjail")


@pytest.fixture
def run(service):
    """Runs a script and returns the files of the answer."""
    def run_script(body, status=(200,), **fields):
        reply = service.execute("import os, struct, threading, time\ndef main():\n" + "".join(
            f"    {line}\n" for line in body.splitlines()), include=["files", "truncated"],
            limits={"wall_time_s": 5, "cpu_time_s": 4}, **fields)
        assert reply.status in status, reply.body[:500]
        assert reply.elapsed_s < 10
        run_script.reply = reply
        return {file["path"]: file for file in reply.json.get("files", [])}
    return run_script


def assert_nothing_of_the_host(files):
    for file in files.values():
        content = base64.b64decode(file.get("content_base64") or "") + file.get("content", "").encode()
        assert not any(word.encode() in content for word in SECRET_WORDS), file["path"]


def test_11_a_symbolic_link_is_not_followed(run):
    files = run("for n, t in enumerate(['/etc/passwd', '/proc/self/environ', '../../../etc/shadow',"
                " '/etc/hostname', '/usr']):\n    os.symlink(t, f'link{n}')")
    assert not files


def test_12_a_symbolic_link_in_the_middle_is_not_followed(run):
    files = run("os.symlink('/etc', 'dir')\nos.mkdir('real')\nos.symlink('/etc/passwd', 'real/p')\n"
                "open('real/ok', 'w').write('ok')")
    assert set(files) == {"real/ok"}
    assert_nothing_of_the_host(files)


def test_12_a_working_directory_that_became_a_link_is_not_followed(run):
    files = run("os.rename(os.getcwd(), os.getcwd() + '.old')\nos.symlink('/usr', os.getcwd().removesuffix('.old'))")
    assert not files


def test_13_a_fifo_does_not_hang(run):
    started = time.monotonic()
    files = run("try:\n    os.mkfifo('fifo')\nexcept OSError:\n    pass\nopen('ok', 'w').write('ok')")
    assert set(files) == {"ok"}
    assert time.monotonic() - started < 5


def test_17_renaming_while_files_are_collected_leaks_nothing(run):
    files = run("open('a', 'w').write('x' * 100000)\nos.symlink('/etc/passwd', 'b')\n"
                "def race():\n    while True:\n        try:\n            os.rename('b', 'c')\n"
                "            os.rename('a', 'b')\n            os.rename('c', 'a')\n"
                "        except OSError:\n            pass\n"
                "threading.Thread(target=race, daemon=True).start()\ntime.sleep(0.1)")
    assert_nothing_of_the_host(files)


def test_11_sparse_files_cost_nothing(run):
    files = run("for n in range(20):\n    fd = os.open(f'sparse{n}', os.O_CREAT | os.O_RDWR)\n"
                "    for size in (1 << 50, 60 << 20):\n        try:\n            os.ftruncate(fd, size)\n"
                "            break\n        except OSError:\n            pass\n    os.close(fd)")
    assert len(files) == 20
    assert all("content" not in file and "content_base64" not in file for file in files.values())
    assert run.reply.json["truncated"]["files"] is True


def test_11_many_files_are_bounded(run):
    files = run("for n in range(3000):\n    open(f'f{n}', 'w').write('x')")
    assert len(files) == 1000
    assert len(json.dumps(files)) < 1 << 20


def test_11_a_deep_tree_is_bounded(run):
    files = run("for n in range(1000):\n    open('f', 'w').write('x')\n    os.mkdir('d')\n    os.chdir('d')")
    assert 0 < len(files) <= 64
    assert run.reply.json["truncated"]["files"] is True


def test_11_names_that_are_no_text_do_no_harm(run):
    files = run("for name in (b'\\xff\\xfe', b'a\\nb', b'\\x01', b'n' * 255, b'\"quote'):\n"
                "    open(name, 'w').write('x')")
    assert len(files) == 5
    assert "n" * 255 in files


FORGED = """
def frame(kind, payload):
    return struct.pack("=II", kind, len(payload)) + payload
def file(path, content, size=1, path_bytes=None, has=1):
    return frame(7, struct.pack("=QII", size, len(path) if path_bytes is None else path_bytes, has) + path + content)
def send(data):
    while data:
        data = data[os.write(3, data):]
"""


# The reply pipe is the script's as much as ours: it may forge files, but only its own.
@pytest.mark.parametrize("forged", [
    "send(file(b'x', b'forged') + frame(4, b'1'))",
    "send(file(b'../../etc/passwd', b'forged') + frame(4, b'1'))",
], ids=["a file", "a path outside"])
def test_17_a_forged_file_is_a_name_in_the_own_answer(run, forged):
    files = run(FORGED.strip() + "\n" + forged + "\nos._exit(0)", status=(200, 422))
    assert all(file.get("content") in (None, "forged") for file in files.values())


@pytest.mark.parametrize("forged", [
    "send(struct.pack('=II', 7, 0xFFFFFFFF))",
    "send(file(b'x', b'', path_bytes=0xFFFFFFFF))",
    "send(file(b'', b''))",
    "send(file(b'x', b'', has=0) * 1002)",
    "send(frame(7, b'') + file(b'x', b''))",
    "send(frame(6, b'[1]') + frame(4, b'1'))",
    "send(frame(6, b'{\"text/plain\": ') + frame(4, b'1'))",
    "send(frame(6, b'{}') * 1002)",
    "[send(frame(6, b'{\"a\": \"' + b'x' * (7 << 20) + b'\"}')) for _ in range(2)]",
], ids=["length", "path length", "no path", "too many", "after the last", "not an object", "not JSON",
        "too many displays", "too large displays"])
def test_17_a_forged_frame_that_breaks_a_rule_ends_the_run(run, forged):
    run(FORGED.strip() + "\n" + forged + "\ntime.sleep(30)", status=(422,))
    assert set(run.reply.json) <= {"error", "stdout", "files", "truncated"}
