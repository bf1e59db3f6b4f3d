"""/compat/piston: what clients of Piston's API send, and what they read of the answer."""

import base64

import pytest

BASE = "/compat/piston/api/v2"


def execute(service, files, language="python", version="*", **fields):
    if isinstance(files, str):
        files = [{"name": "main.py", "content": files}]
    body = {"language": language, "version": version, "files": files, "stdin": "", "args": [],
            "compile_timeout": 10_000, "run_timeout": 3_000, "compile_memory_limit": -1,
            "run_memory_limit": -1, **fields}
    return service.post_json(body, path=f"{BASE}/execute")


def run(service, files, **fields):
    reply = execute(service, files, **fields)
    assert reply.status == 200, reply.body
    assert set(reply.json) == {"run", "language", "version"}
    assert reply.json["language"] == "python"
    return reply.json["run"]


def test_a_program_runs(service):
    result = run(service, "import sys\nprint(__name__, input(), sys.argv[1:])\nprint('e', file=sys.stderr)",
                 stdin="typed", args=["a", "b c"])
    assert result["stdout"] == "__main__ typed ['a', 'b c']\n"
    assert result["stderr"] == "e\n"
    assert result["output"] == result["stdout"] + result["stderr"]
    assert (result["code"], result["signal"], result["status"], result["message"]) == (0, None, None, None)
    assert result["wall_time"] >= 0 and result["cpu_time"] >= 0


def test_stdin_ends_its_line(service):
    assert run(service, "print(repr(open(0).read()))")["stdout"] == "'\\n'\n"


def test_files_are_there(service):
    files = [{"name": "main.py", "content": "import helper, os\nprint(helper.x, open('data.bin', 'rb').read())\n"
                                            "print(open('deep/hex').read(), os.path.exists('main.py'))"},
             {"name": "./helper.py", "content": "x = 5"},
             {"name": "data.bin", "content": base64.b64encode(b"\xff\0").decode(), "encoding": "base64"},
             {"name": "/deep/hex", "content": b"ok".hex(), "encoding": "hex"}]
    assert run(service, files)["stdout"] == "5 b'\\xff\\x00'\nok True\n"


def test_the_program_is_the_first_text(service):
    files = [{"name": "a", "content": "YQ==", "encoding": "base64"}, {"content": "print(open('a').read())"}]
    assert run(service, files)["stdout"] == "a\n"


@pytest.mark.parametrize("code, exit_code, signal, status, says", [
    ("import sys; sys.exit(3)", 3, None, "RE", ""),
    ("1 / 0", 1, None, "RE", "ZeroDivisionError"),
    ("print(", 1, None, "RE", "SyntaxError"),
    ("import time; time.sleep(9)", None, "SIGKILL", "TO", ""),
    ("import ctypes; ctypes.string_at(0)", None, "SIGSEGV", "SG", ""),
    ("x = 'x' * 10**9", 1, None, "RE", "MemoryError"),
])
def test_other_ends(service, code, exit_code, signal, status, says):
    result = run(service, "print('before', flush=True)\n" + code if "print(" not in code else code,
                 run_timeout=1000)
    assert (result["code"], result["signal"], result["status"]) == (exit_code, signal, status)
    assert result["message"] and says in result["stderr"]
    if code != "print(":
        assert result["stdout"] == "before\n"


def test_limits_above_the_servers_are_no_error(service):
    assert run(service, "print(1)", run_timeout=10**9, run_memory_limit=10**15, run_cpu_time=10**9)["code"] == 0


@pytest.mark.parametrize("language, version", [("python", "*"), ("py", "3.10.0"), ("python3", "3.x"),
                                               ("python", "^3.11"), ("python", ">=3.0.0")])
def test_any_python_3_is_the_one_there_is(service, language, version):
    assert execute(service, "print(1)", language=language, version=version).status == 200


@pytest.mark.parametrize("fields, says", [
    ({"language": "javascript"}, "javascript-* runtime is unknown"),
    ({"version": "2.7.18"}, "python-2.7.18 runtime is unknown"),
    ({"language": None}, "language"),
    ({"version": 3}, "version"),
    ({"files": None}, "files"),
    ({"files": "x"}, "files"),
    ({"files": []}, "at least one utf8"),
    ({"files": [{"content": "YQ==", "encoding": "base64"}]}, "at least one utf8"),
    ({"files": [{"name": "x"}]}, "files[0].content"),
    ({"files": [5]}, "files[0]"),
    ({"files": [{"content": "x"}, {"content": "x", "name": "../up"}]}, ".."),
    ({"files": [{"content": "x"}, {"content": "%", "encoding": "base64"}]}, "base64"),
    ({"args": [1]}, "args"),
    ({"args": "x"}, "args"),
    ({"stdin": 5}, "stdin"),
    ({"run_timeout": "1"}, "run_timeout"),
])
def test_a_wrong_request_is_a_400(service, fields, says):
    body = {"language": "python", "version": "*", "files": [{"content": "print(1)"}], **fields}
    reply = service.post_json(body, path=f"{BASE}/execute")
    assert reply.status == 400 and set(reply.json) == {"message"}
    assert says in reply.json["message"]


def test_other_bodies(service):
    for body in (b"", b"[]", b"{", b"5"):
        reply = service.post_json(body, path=f"{BASE}/execute")
        assert reply.status == 400 and reply.json["message"]
    reply = service.request("POST", f"{BASE}/execute", b"x=1",
                            {"Content-Type": "application/x-www-form-urlencoded"})
    assert reply.status == 415 and "application/json" in reply.json["message"]


def test_runtimes_and_packages(service):
    (runtime,) = service.request("GET", f"{BASE}/runtimes").json
    assert runtime["language"] == "python" and "py" in runtime["aliases"]
    info = service.request("GET", "/info").json
    assert runtime["version"] == info["packages"]["python"]
    assert service.request("GET", f"{BASE}/runtimes/").json == [runtime]
    (package,) = service.request("GET", f"{BASE}/packages").json
    assert package == {"language": "python", "language_version": runtime["version"], "installed": True}


def test_a_large_program_has_its_arguments(service):
    code = "# " + "x" * 150_000 + "\nimport sys\nprint(sys.argv, input())"
    assert run(service, code, args=["a"], stdin="in")["stdout"] == "['script.py', 'a'] in\n"
