"""--audit-log names the script that a client of another system sent, also where another one runs it."""

import hashlib
import json
import time

import pytest

CODE = "def main():\n    return 1\n"
LARGE = "# " + "x" * 150_000 + "\nprint(1)\n"


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    from service import Service, assert_nothing_left
    file = tmp_path_factory.mktemp("audit") / "audit"
    running = Service("--audit-log", str(file))
    running.wait_until_ready(warm=False)
    running.audit_file = file
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


@pytest.mark.parametrize("path, body, code", [
    ("/compat/dify/v1/sandbox/run", {"language": "python3", "code": CODE}, CODE),
    ("/compat/dify/v1/sandbox/run", {"language": "python3", "code": LARGE}, LARGE),
    ("/compat/fastgpt/sandbox/python", {"code": CODE}, CODE),
    ("/compat/onyx/v1/execute", {"code": CODE}, CODE),
    ("/compat/piston/api/v2/execute", {"language": "py", "version": "*", "files": [{"content": LARGE}]}, LARGE),
    ("/compat/jobe/jobe/index.php/restapi/runs", {"run_spec": {"language_id": "python3", "sourcecode": LARGE}}, LARGE),
])
def test_the_clients_own_script(audited, path, body, code):
    reply = audited.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert reply.status == 200, reply.body
    deadline = time.monotonic() + 20
    while True:
        lines = [json.loads(line) for line in audited.audit_file.read_text().splitlines()]
        found = [line for line in lines if line["request_id"] == reply.headers["X-Request-Id"]]
        if found:
            break
        assert time.monotonic() < deadline, lines
        time.sleep(0.02)
    assert found[0]["script_sha256"] == hashlib.sha256(code.encode()).hexdigest()
