"""--keys on the endpoints of other systems: each takes a key in its own header, refuses in its own form, and
keeps one key's files from another."""

import json
import subprocess

import pytest
from service import BINARY

JOBE = "/compat/jobe/jobe/index.php/restapi"
RUNS = {
    "dify": ("/compat/dify/v1/sandbox/run", {"language": "python3", "code": "print(1)"}),
    "fastgpt": ("/compat/fastgpt/sandbox/python", {"code": "def main(): return 1"}),
    "jobe": (f"{JOBE}/runs", {"run_spec": {"language_id": "python3", "sourcecode": "print(1)"}}),
    "onyx": ("/compat/onyx/v1/execute", {"code": "print(1)"}),
    "piston": ("/compat/piston/api/v2/execute",
               {"language": "python", "version": "*", "files": [{"content": "print(1)"}]}),
    "ragflow": ("/compat/ragflow/run", {"code_b64": "ZGVmIG1haW4oKTogcmV0dXJuIDE="}),
}
HEADERS = {"dify": "X-Api-Key: {}", "fastgpt": "Authorization: Bearer {}", "jobe": "X-API-KEY: {}",
           "onyx": "Authorization: Bearer {}", "piston": "Authorization: {}", "ragflow": "Authorization: Bearer {}"}
HEALTH = ["/compat/dify/health", "/compat/fastgpt/health", "/compat/onyx/health", "/compat/ragflow/healthz"]


def make_key(name):
    made = subprocess.run([BINARY, "key", "--name", name], capture_output=True, text=True, check=True)
    return made.stdout.splitlines()


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    from service import Service, assert_nothing_left
    made = [make_key(name) for name in ("one", "other")]
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text("".join(row + "\n" for _, row in made))
    file.chmod(0o600)
    running = Service("--keys", str(file))
    running.wait_until_ready(warm=False)
    running.keys = [key for key, _ in made]
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


def send(service, system, key):
    path, body = RUNS[system]
    headers = {"Content-Type": "application/json"}
    if key:
        name, value = HEADERS[system].format(key).split(": ")
        headers[name] = value
    return service.request("POST", path, json.dumps(body).encode(), headers)


@pytest.mark.parametrize("system", RUNS)
def test_a_key_in_the_systems_own_header_opens(keyed, system):
    assert send(keyed, system, keyed.keys[0]).status == 200


@pytest.mark.parametrize("system", RUNS)
@pytest.mark.parametrize("key", [None, "dify-sandbox"])
def test_without_one_the_answer_has_the_systems_form(keyed, system, key):
    reply = send(keyed, system, key)
    assert reply.status == (403 if system == "jobe" else 401)
    form = {"dify": lambda a: a["code"] == -401 and a["data"] is None, "fastgpt": lambda a: a["success"] is False,
            "jobe": lambda a: isinstance(a, str), "onyx": lambda a: a["detail"], "piston": lambda a: a["message"],
            "ragflow": lambda a: a["detail"]}
    assert form[system](reply.json)


@pytest.mark.parametrize("path", HEALTH)
def test_health_checks_need_none(keyed, path):
    assert keyed.request("GET", path).status == 200


def test_files_of_one_key_are_not_anothers(keyed):
    one, other = keyed.keys
    path = f"{JOBE}/files/" + "0a" * 16
    body = json.dumps({"file_contents": "eA=="}).encode()
    json_type = {"Content-Type": "application/json"}
    assert keyed.request("PUT", path, body, {"X-API-KEY": one, **json_type}).status == 204
    assert keyed.request("HEAD", path, headers={"X-API-KEY": one}).status == 204
    assert keyed.request("HEAD", path, headers={"X-API-KEY": other}).status == 404
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'
    sent = keyed.request("POST", "/compat/onyx/v1/files", form, {"X-API-Key": one})
    place = f"/compat/onyx/v1/files/{sent.json['file_id']}"
    for method in ("GET", "DELETE"):
        assert keyed.request(method, place, headers={"X-API-Key": other}).status == 404
    assert keyed.request("GET", place, headers={"X-API-Key": one}).body == b"x"


def test_files_need_a_key(keyed):
    for method, path in (("PUT", f"{JOBE}/files/" + "0a" * 16), ("GET", f"{JOBE}/files/" + "0a" * 16)):
        assert keyed.request(method, path, b"{}", {"Content-Type": "application/json"}).status == 403
    assert keyed.request("POST", "/compat/onyx/v1/files", b"x").status == 401
