"""/compat/jobe: what Moodle's CodeRunner sends to a Jobe server, and what it reads of the answer."""

import base64
import hashlib
import json

import pytest

BASE = "/compat/jobe/jobe/index.php/restapi"
HEADERS = {"User-Agent": "CodeRunner", "Content-Type": "application/json; charset=utf-8",
           "Accept-Charset": "utf-8", "Accept": "application/json", "X-CodeRunner-Job-Id": "0a1b2c3d"}
COMPILE_ERROR, RUNTIME_ERROR, TIME_LIMIT, SUCCESS, MEMORY_LIMIT = 11, 12, 13, 15, 17


def call(service, method, resource, body=None, headers=None):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return service.request(method, f"{BASE}/{resource}", data, {**HEADERS, **(headers or {})})


def submit(service, source, text="", files=None, parameters=None):
    """As CodeRunner does: names the files by their digests, sends them on a 404, and tries again."""
    files = files or {}
    listed = [[hashlib.md5(content).hexdigest(), name] for name, content in files.items()]
    spec = {"language_id": "python3", "sourcecode": source, "sourcefilename": "__tester__.python3",
            "input": text, "file_list": listed, "parameters": [] if parameters is None else parameters}
    reply = call(service, "POST", "runs", {"run_spec": spec})
    if reply.status == 404:
        for content in files.values():
            put = call(service, "PUT", "files/" + hashlib.md5(content).hexdigest(),
                       {"file_contents": base64.b64encode(content).decode()})
            assert put.status == 204, put.body
        reply = call(service, "POST", "runs", {"run_spec": spec})
    return reply


def outcome(service, source, *args, **fields):
    reply = submit(service, source, *args, **fields)
    assert reply.status == 200, reply.body
    assert set(reply.json) == {"run_id", "outcome", "cmpinfo", "stdout", "stderr"}
    return reply.json


def test_the_languages_are_listed(service):
    reply = call(service, "GET", "languages")
    assert reply.status == 200
    ((name, version),) = reply.json
    assert name == "python3" and version.startswith("3.")


def test_a_run_has_its_input(service):
    answer = outcome(service, "print(input()[::-1], __name__)", "abc\n")
    assert (answer["outcome"], answer["stdout"], answer["stderr"], answer["cmpinfo"]) == (
        SUCCESS, "cba __main__\n", "", "")


@pytest.mark.parametrize("source, number, cmpinfo, stderr", [
    ("def f(:", COMPILE_ERROR, "SyntaxError", ""),
    ("print('a')\n1 / 0", RUNTIME_ERROR, "", "ZeroDivisionError"),
    ("import sys\nprint('e', file=sys.stderr)", RUNTIME_ERROR, "", "e\n"),
    ("import sys\nsys.exit(2)", RUNTIME_ERROR, "", ""),
    ("input()", RUNTIME_ERROR, "", "EOFError"),
    ("while True: pass", TIME_LIMIT, "", ""),
    ("import ctypes\nctypes.string_at(0)", RUNTIME_ERROR, "", "SIGSEGV"),
])
def test_outcomes(service, source, number, cmpinfo, stderr):
    answer = outcome(service, source, parameters={"cputime": 1})
    assert answer["outcome"] == number
    assert cmpinfo in answer["cmpinfo"] and bool(cmpinfo) == bool(answer["cmpinfo"])
    assert stderr in answer["stderr"] and bool(stderr) == bool(answer["stderr"])


def test_parameters_may_be_texts_and_above_the_servers_limits(service):
    answer = outcome(service, "import sys\nprint(sys.argv[1:])",
                     parameters={"cputime": "900", "memorylimit": "100000", "numprocs": 20, "disklimit": 9,
                                 "streamsize": 99, "runargs": ["x", "y"]})
    assert answer["stdout"] == "['x', 'y']\n"


def test_files_are_sent_once_and_used_by_many_runs(service):
    files = {"data.txt": b"line\n", "helper.py": b"def twice(x): return 2 * x\n", "image.bin": bytes(range(256))}
    source = "import helper\nprint(helper.twice(open('data.txt').read()), len(open('image.bin', 'rb').read()))"
    for content in files.values():
        assert call(service, "HEAD", "files/" + hashlib.md5(content).hexdigest()).status == 404
    assert outcome(service, source, files=files)["stdout"] == "line\nline\n 256\n"
    for content in files.values():
        head = call(service, "HEAD", "files/" + hashlib.md5(content).hexdigest())
        assert head.status == 204 and head.body == b""
    assert outcome(service, source, files=files)["outcome"] == SUCCESS


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{", 400), ([], 400), ({}, 400), ({"run_spec": []}, 400), ({"run_spec": {}}, 400),
    ({"run_spec": {"sourcecode": "x"}}, 400),
    ({"run_spec": {"sourcecode": 5, "language_id": "python3"}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "java"}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "file_list": "x"}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "file_list": ["x"]}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "file_list": [["short", "a"]]}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "file_list": [["0" * 32, "a"]]}}, 404),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "parameters": 5}}, 400),
    ({"run_spec": {"sourcecode": "x", "language_id": "python3", "parameters": {"runargs": [1]}}}, 400),
])
def test_a_wrong_request_is_answered_by_a_text(service, body, status):
    reply = call(service, "POST", "runs", body)
    assert reply.status == status
    assert isinstance(reply.json, str) and reply.json


@pytest.mark.parametrize("identity, body, status", [
    ("short", {"file_contents": "eA=="}, 400), ("..%2f..%2fetc", {"file_contents": "eA=="}, 400),
    ("0" * 200, {"file_contents": "eA=="}, 400), ("0" * 32, {}, 400), ("0" * 32, {"file_contents": 5}, 400),
    ("0" * 32, {"file_contents": "%"}, 400), ("0" * 32, [], 400),
])
def test_a_wrong_file_is_refused(service, identity, body, status):
    assert call(service, "PUT", "files/" + identity, body).status == status


def test_a_file_cannot_leave_the_working_directory(service):
    content = b"some bytes of mine"
    name = hashlib.md5(content).hexdigest()
    assert call(service, "PUT", "files/" + name,
                {"file_contents": base64.b64encode(content).decode()}).status == 204
    reply = call(service, "POST", "runs", {"run_spec": {"sourcecode": "x", "language_id": "python3",
                                                        "file_list": [[name, "../up"]]}})
    assert reply.status == 400


def test_its_own_paths_at_the_root(start_service):
    running = start_service("--compat-root", "jobe,piston")
    assert running.request("GET", "/jobe/index.php/restapi/languages").status == 200
    assert running.request("GET", "/api/v2/runtimes").status == 200
