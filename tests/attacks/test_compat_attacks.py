"""Hostile clients of the endpoints below /compat: bodies of any size and type, other callers' files."""

import base64
import concurrent.futures
import hashlib
import itertools
import json
import os
import time

import pytest

JOBE = "/compat/jobe/jobe/index.php/restapi"
ONYX = "/compat/onyx/v1"
JSON_TYPE = {"Content-Type": "application/json"}

# A request that each system runs, with all fields that it reads.
REQUESTS = {
    "/compat/dify/v1/sandbox/run": {"language": "python3", "code": "print(1)", "preload": "", "enable_network": True,
                                    "dependencies": []},
    "/compat/fastgpt/sandbox/python": {"code": "def main(): return 1", "variables": {"a": 1}, "queueId": "q"},
    "/compat/ragflow/run": {"code_b64": base64.b64encode(b"def main(a): return a").decode(), "language": "python",
                            "arguments": {"a": 1}},
    "/compat/piston/api/v2/execute": {
        "language": "python", "version": "*", "files": [{"name": "a.py", "content": "print(1)", "encoding": "utf8"}],
        "stdin": "x", "args": ["a"], "run_timeout": 1, "run_cpu_time": 1, "run_memory_limit": 10**8},
    f"{JOBE}/runs": {"run_spec": {
        "language_id": "python3", "sourcecode": "print(1)", "sourcefilename": "a.py", "input": "x", "file_list": [],
        "parameters": {"cputime": 1, "memorylimit": 100, "streamsize": 1, "runargs": ["a"]}, "debug": False}},
    f"{ONYX}/execute": {"code": "print(1)", "stdin": "x", "timeout_ms": 1000, "last_line_interactive": True,
                        "files": []},
    f"{ONYX}/execute/stream": {"code": "print(1)", "timeout_ms": 1000, "files": []},
}
WRONG = [None, True, 0, -1, 1e308, -1e308, 2**63, 10**30, "", "x", "\0", "\ud83d\ude00" * 50, [], [[]], {}, {"": None},
         ["x", 1, None], {"a": {"b": [1]}}]


def post(service, path, value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return service.request("POST", path, body, JSON_TYPE)


def places(value, before=()):
    """The way to each member inside a request."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield (*before, name)
            yield from places(member, (*before, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield (*before, index)
            yield from places(element, (*before, index))


def replaced(value, place, new):
    copy = json.loads(json.dumps(value))
    inside = copy
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = new
    return copy


@pytest.mark.parametrize("path", REQUESTS)
def test_any_type_in_any_field_gets_an_answer(service, path):
    request = REQUESTS[path]
    assert post(service, path, request).status == 200
    tried = [replaced(request, place, wrong) for place, wrong in itertools.product(places(request), WRONG)]
    tried += WRONG
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda value: post(service, path, value).status, tried))
    assert set(statuses) <= {200, 400, 404, 413, 422, 503}, sorted(set(statuses))
    assert post(service, path, request).status == 200


@pytest.mark.parametrize("path", REQUESTS)
@pytest.mark.parametrize("body", [
    b"[" * 10_000_000, b'{"a":' * 1_900_000, b"[0," * 3_000_000 + b"0]",
    b'{"' + b"a" * 9_900_000 + b'":1}', b'{"code":"' + b"\\u0000" * 1_600_000 + b'"}', os.urandom(1_000_000),
    b'{"files":[' + b'{"content":"x"},' * 600_000 + b'{"content":"x"}]}',
    b'{"run_spec":{"sourcecode":"x","language_id":"python3","file_list":[' + b'["00000000","a"],' * 500_000
    + b'["00000000","a"]]}}',
], ids=["brackets", "objects", "numbers", "a key", "escapes", "noise", "many files", "many ids"])
def test_ten_megabytes_of_anything(service, path, body):
    assert len(body) <= 10 * 1024 * 1024
    reply = post(service, path, body)
    assert 200 <= reply.status < 500 or reply.status == 503
    if "/dify/" in path:  # whose form of an error is a 200
        assert reply.json["code"] in (-400, -413)
    assert service.request("GET", "/health").status == 200


@pytest.mark.parametrize("path", REQUESTS)
def test_more_than_ten_megabytes_is_a_413(service, path):
    head = (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {11 * 1024 * 1024}\r\n\r\n").encode()
    assert service.raw(head).startswith(b"HTTP/1.1 413 ")


def put(service, content, address=None):
    name = hashlib.md5(content).hexdigest()
    body = json.dumps({"file_contents": base64.b64encode(content).decode()}).encode()
    headers = {**JSON_TYPE, **({"X-Forwarded-For": address} if address else {})}
    return name, service.request("PUT", f"{JOBE}/files/{name}", body, headers).status


def has(service, name, address=None):
    headers = {"X-Forwarded-For": address} if address else {}
    return service.request("HEAD", f"{JOBE}/files/{name}", headers=headers).status == 204


def test_one_callers_files_do_not_push_out_anothers(start_service):
    running = start_service("--trusted-proxies", "127.0.0.1")
    little, status = put(running, b"a little file", "10.0.0.1")
    assert status == 204
    for number in range(16):
        put(running, bytes([number]) * 7_000_000, "10.0.0.2")
    for number in range(3_000):
        put(running, b"small %d" % number, "10.0.0.3")
    assert has(running, little, "10.0.0.1")
    assert not has(running, little, "10.0.0.2")
    assert running.request("GET", "/health").status == 200


def test_a_botnets_files_are_bounded(start_service):
    running = start_service("--trusted-proxies", "127.0.0.1")
    before = resident_bytes(running)
    for number in range(40):
        put(running, bytes([number]) * 7_000_000, f"10.1.0.{number}")
    assert resident_bytes(running) - before < 250 * 1024 * 1024


def resident_bytes(running):
    with open(f"/proc/{running.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_file_with_anothers_id_changes_only_ones_own(start_service):
    """An id is a digest that its sender claims: a wrong one must not reach others."""
    running = start_service("--trusted-proxies", "127.0.0.1")
    content = b"print('mine')"
    name, _ = put(running, content, "10.0.0.1")
    body = json.dumps({"file_contents": base64.b64encode(b"print('evil')").decode()}).encode()
    assert running.request("PUT", f"{JOBE}/files/{name}", body,
                           {**JSON_TYPE, "X-Forwarded-For": "10.0.0.2"}).status == 204
    spec = {"language_id": "python3", "sourcecode": "import helper", "file_list": [[name, "helper.py"]]}
    reply = running.request("POST", f"{JOBE}/runs", json.dumps({"run_spec": spec}).encode(),
                            {**JSON_TYPE, "X-Forwarded-For": "10.0.0.1"})
    assert reply.json["stdout"] == "mine\n"


def test_ids_of_files_cannot_be_guessed(service):
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'
    ids = [service.request("POST", f"{ONYX}/files", form).json["file_id"] for _ in range(100)]
    assert len(set(ids)) == 100
    for position in (*range(0, 8), *range(9, 13), *range(15, 18), *range(20, 23), *range(24, 36)):
        assert len({one[position] for one in ids}) > 6, "not random at this digit"


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fetc%2fpasswd", "x" * 4000, "%00", "%ff", "", "a/b"])
def test_ids_that_are_paths(service, name):
    for method in ("GET", "DELETE"):
        assert service.request(method, f"{ONYX}/files/{name}").status in (400, 404, 405, 414, 431)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "", "x" * 2000, "a\0b", "."])
def test_files_stay_in_the_working_directory(service, path):
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../a"\r\n\r\nx\r\n--b--\r\n'
    name = service.request("POST", f"{ONYX}/files", form).json["file_id"]
    reply = post(service, f"{ONYX}/execute", {"code": "1", "files": [{"path": path, "file_id": name}]})
    assert reply.status == 422 and "path" in reply.json["detail"]


@pytest.mark.parametrize("system, code", [
    ("fastgpt", "def main():\n    import sys\n    return sys._getframe(1).f_code.co_filename"),
    ("fastgpt", "import builtins\nbuiltins.exec = builtins.compile = None\ndef main(): return 1"),
    ("fastgpt", "globals().clear()\ndef main(): return 1"),
    ("onyx", "globals().clear()\n1"), ("onyx", "import sys\nsys.modules.clear()\n1"),
    ("onyx", "import sys\nsys.displayhook = None\n1"), ("onyx", "import os\nos._exit(0)"),
    ("onyx", "class E(BaseException):\n    def __str__(self): raise self\nraise E()"),
    ("onyx", "import traceback\ntraceback.print_exception = None\n1 / 0"),
    ("onyx", "import threading\nthreading._shutdown = lambda: 1 / 0\n1"),
    ("onyx", "def f(): f()\nf()"),
])
def test_a_script_can_spoil_only_its_own_answer(service, system, code):
    path = "/compat/fastgpt/sandbox/python" if system == "fastgpt" else f"{ONYX}/execute"
    assert post(service, path, {"code": code, "timeout_ms": 5000}).status == 200
    assert service.execute("def main(): return 1").result == 1


def test_a_stream_whose_reader_leaves_ends_the_run(service):
    body = json.dumps({"code": "import time\nfor i in range(300):\n    print(i, flush=True)\n    time.sleep(0.1)",
                       "timeout_ms": 30_000}).encode()
    with service.connect() as connection:
        connection.sendall((f"POST {ONYX}/execute/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
        assert b"event: output" in connection.recv(65_536) + connection.recv(65_536)
    deadline = time.monotonic() + 10
    while service.request("GET", "/info").json["pool"]["running"]:
        assert time.monotonic() < deadline, "the run goes on without its reader"
        time.sleep(0.1)
