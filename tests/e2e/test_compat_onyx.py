"""/compat/onyx: what Onyx's code interpreter client sends, and what it reads of the answer."""

import json

import pytest

BASE = "/compat/onyx/v1"


def upload(service, content, name="data.csv", headers=None):
    boundary = "dd0d6f14a3a84a4f9a9d1a1b2c3d4e5f"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n').encode() \
        + content + f"\r\n--{boundary}--\r\n".encode()
    return service.request("POST", f"{BASE}/files", body,
                           {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})})


def execute(service, code, path="execute", headers=None, **fields):
    body = json.dumps({"code": code, "timeout_ms": 30_000, **fields}).encode()
    return service.request("POST", f"{BASE}/{path}", body, {"Content-Type": "application/json", **(headers or {})})


def run(service, code, **fields):
    reply = execute(service, code, **fields)
    assert reply.status == 200, reply.body
    assert set(reply.json) == {"stdout", "stderr", "exit_code", "timed_out", "duration_ms", "files"}
    return reply.json


def events(service, code, **fields):
    """Read as the client reads them."""
    reply = execute(service, code, path="execute/stream", **fields)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/event-stream"
    found, kind, data = [], None, []
    for line in reply.body.decode().split("\n"):
        if line == "":
            if kind is not None and data:
                found.append((kind, json.loads("\n".join(data))))
            kind, data = None, []
        elif line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].strip())
    return found


def test_health(service):
    assert service.request("GET", "/compat/onyx/health").json == {"status": "ok"}


@pytest.mark.parametrize("code, stdout", [
    ("print(1)\n2 + 3", "1\n5\n"),
    ("x = 5", ""),
    ("1\n'two'", "'two'\n"),
    ("print('a')", "a\n"),
    ("None", ""),
    ("def f():\n    '''doc\\n'''\n    return 'it\\'s'\nf()", "\"it's\"\n"),
    ("import sys\n(__name__, sys.argv, input())", "('__main__', ['script.py'], 'in')\n"),
    ("from __future__ import annotations\n1", "1\n"),
    ("import sys\nprint(1)\nsys.exit()", "1\n"),
    ("", ""),
    ("import atexit\natexit.register(print, 'end')\nNone", "end\n"),
])
def test_the_last_expression_is_shown(service, code, stdout):
    answer = run(service, code or "#", stdin="in\n")
    assert (answer["stdout"], answer["exit_code"], answer["timed_out"], answer["stderr"]) == (stdout, 0, False, "")


def test_unless_it_is_not_wanted(service):
    assert run(service, "1 + 1", last_line_interactive=False)["stdout"] == ""


@pytest.mark.parametrize("interactive", [True, False])
def test_a_traceback_is_the_users_own(service, interactive):
    answer = run(service, "def f(a):\n    return 1 / a\n\nf(0)", last_line_interactive=interactive)
    assert answer["exit_code"] == 1 and not answer["timed_out"]
    assert answer["stderr"].startswith("Traceback (most recent call last):\n  File \"script.py\", line 4, in <module>\n")
    assert "    return 1 / a\n" in answer["stderr"] and "forkjail" not in answer["stderr"]
    assert answer["stderr"].endswith("ZeroDivisionError: division by zero\n")


def test_other_ends(service):
    assert run(service, "import sys\nsys.exit(3)")["exit_code"] == 3
    broken = run(service, "def f(:")
    assert broken["exit_code"] == 1 and "SyntaxError" in broken["stderr"]
    slow = run(service, "import time\nprint('a', flush=True)\ntime.sleep(9)", timeout_ms=500)
    assert slow["timed_out"] and slow["exit_code"] is None and slow["stdout"] == "a\n"
    assert "wall time limit exceeded (0.5 s)" in slow["stderr"]


def test_files_go_in_and_come_out(service):
    sent = upload(service, b"a,b\r\n\r\n--1,2\xff", "d\u00e4ta.csv")
    assert sent.status == 201 and set(sent.json) == {"file_id", "filename", "size_bytes"}
    assert sent.json["filename"] == "d\u00e4ta.csv" and sent.json["size_bytes"] == 13
    answer = run(service, "import os\nold = open('in/x.csv', 'rb').read()\nopen('in/same.csv', 'rb').read()\n"
                          "open('out.bin', 'wb').write(old * 2)\nsorted(os.listdir('in'))",
                 files=[{"path": "in/x.csv", "file_id": sent.json["file_id"]},
                        {"path": "in/same.csv", "file_id": sent.json["file_id"]}])
    assert answer["stdout"] == "['same.csv', 'x.csv']\n", answer
    ((path, kind, identity),) = [(one["path"], one["kind"], one["file_id"]) for one in answer["files"]]
    assert (path, kind) == ("out.bin", "file")
    fetched = service.request("GET", f"{BASE}/files/{identity}")
    assert fetched.status == 200 and fetched.body == b"a,b\r\n\r\n--1,2\xff" * 2
    assert fetched.headers["Content-Disposition"] == "attachment"
    for one in (identity, sent.json["file_id"]):
        assert service.request("DELETE", f"{BASE}/files/{one}").status == 204
        assert service.request("DELETE", f"{BASE}/files/{one}").status == 404
        assert service.request("GET", f"{BASE}/files/{one}").json["detail"]


def test_a_file_that_is_not_there(service):
    missing = "00000000-0000-4000-8000-000000000000"
    reply = execute(service, "1", files=[{"path": "x", "file_id": missing}])
    assert reply.status == 404 and missing in reply.json["detail"]


def test_events(service):
    found = events(service, "import sys\nprint('one', flush=True)\nprint('warn', file=sys.stderr, flush=True)\n"
                            "open('f.txt', 'w').write('x')\n40 + 2")
    texts = {stream: "".join(data["data"] for kind, data in found if kind == "output" and data["stream"] == stream)
             for stream in ("stdout", "stderr")}
    assert texts == {"stdout": "one\n42\n", "stderr": "warn\n"}
    kind, result = found[-1]
    assert kind == "result" and set(result) == {"exit_code", "timed_out", "duration_ms", "files"}
    assert result["exit_code"] == 0 and [one["path"] for one in result["files"]] == ["f.txt"]


def test_events_of_a_failure(service):
    found = events(service, "print('a')\n1 / 0")
    stderr = "".join(data["data"] for kind, data in found if kind == "output" and data["stream"] == "stderr")
    assert stderr.endswith("ZeroDivisionError: division by zero\n") and stderr.count("Traceback") == 1
    assert found[-1][0] == "result" and found[-1][1]["exit_code"] == 1


def test_a_wrong_request_has_its_status_in_both_forms(service):
    for path in ("execute", "execute/stream"):
        assert execute(service, "1", path=path, timeout_ms=0).status == 422


@pytest.mark.parametrize("body", [{}, {"code": 5}, {"code": "1", "timeout_ms": "x"}, {"code": "1", "stdin": 5},
                                  {"code": "1", "files": {}}, {"code": "1", "files": [5]},
                                  {"code": "1", "files": [{"path": "x"}]}, {"code": "1", "last_line_interactive": 1},
                                  [], None, 5])
def test_a_wrong_request_is_a_422(service, body):
    reply = service.post_json(json.dumps(body).encode(), path=f"{BASE}/execute")
    assert reply.status == 422 and isinstance(reply.json["detail"], str)


@pytest.mark.parametrize("body", [b"", b"--", b"--b\r\n", b"x" * 1000, b"--b\r\n\r\n\r\nno end",
                                  b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n'])
def test_a_form_without_a_file_is_a_422(service, body):
    reply = service.request("POST", f"{BASE}/files", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert reply.status == 422 and reply.json["detail"]


def test_shell_sessions_are_not_there(service):
    reply = service.post_json({"ttl_seconds": 60}, path=f"{BASE}/sessions")
    assert reply.status == 404 and "no shell sessions" in reply.json["detail"]
